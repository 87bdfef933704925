import { join } from "node:path";
import * as z from "zod";
import type { TransformData } from "../../data/transforms/transform.js";
import { FedscoreError } from "../../errors.js";
import { writeAtomically } from "../files/atomic.js";
import { fileNames } from "../files/names.js";
import { readText } from "../files/read-file.js";

const identity = z.string().regex(/^[0-9a-f]{32}$/);
const count = z.int().gte(0);

const schema = z.strictObject({
  run: identity.describe("What tasks and answers of the run are called on the server."),
  secret: identity.describe("What makes the names of tasks unguessable."),
  clients: z.array(z.strictObject({ name: z.string(), rows: count, heldOut: count })).min(1),
  dimension: count.describe("Of the clients' rows."),
  transform: z.looseObject({ kind: z.string() }).describe("What clients do with their rows, fitted from their sums."),
  moments: z
    .strictObject({ dimension: count, variance: z.number(), secondMoment: z.number() })
    .describe("Of the rows behind the transform."),
});

/** Who the clients of a coordinated run are, and what was fitted to their rows: a run that goes on, and a replay, need it. */
export interface RunClients extends Readonly<Omit<z.output<typeof schema>, "transform">> {
  readonly transform: TransformData;
}

/** For its owner alone, as the names of tasks follow from its secret. */
export function writeClients(folder: string, clients: RunClients): void {
  writeAtomically(join(folder, fileNames.clients), `${JSON.stringify(clients, null, 2)}\n`, 0o600);
}

/** @throws FedscoreError FEDSCORE_FILE where the file is not there or damaged. */
export function readClients(folder: string): RunClients {
  const path = join(folder, fileNames.clients);
  const text = readText(path, { name: path });
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const message = `${path} is damaged: it does not say who the clients of the run are`;
    throw new FedscoreError("FEDSCORE_FILE", message, { path }, error);
  }
}
