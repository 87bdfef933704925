import { join } from "node:path";
import * as z from "zod";
import type { TransformData } from "../../data/transforms/transform.js";
import { FedscoreError } from "../../errors.js";
import { type ClientsTable, requireClientsTable } from "../../remote/clients/clients-table.js";
import type { KnownClient } from "../../remote/clients/wait-for-clients.js";
import { requireDialect } from "../../tables/csv/check.js";
import type { TableDialect } from "../../tables/csv/table-dialect.js";
import { writeAtomically } from "../files/atomic.js";
import { fileNames } from "../files/names.js";
import { readText } from "../files/read-file.js";

const identity = z.string().regex(/^[0-9a-f]{32}$/);
const count = z.int().gte(0);

const schema = z.strictObject({
  run: identity.describe("What tasks and answers of the run are called on the server."),
  secret: identity.describe("What makes the names of tasks unguessable."),
  clients: z
    .array(
      z.strictObject({
        name: z.string(),
        rows: count,
        heldOut: count,
        region: z.string().exactOptional().describe("The aggregator that stands for it, if one does."),
      }),
    )
    .min(1),
  dimension: count.describe("Of the clients' rows."),
  transform: z.looseObject({ kind: z.string() }).describe("What clients do with their rows, fitted from their sums."),
  table: z
    .looseObject({})
    .exactOptional()
    .describe("Of clients that hold tables: how they read them, how their rows are vectors, and how rows are written."),
  moments: z
    .strictObject({ dimension: count, variance: z.number(), secondMoment: z.number() })
    .describe("Of the rows behind the transform."),
});

/** Who the clients of a coordinated run are, and what was fitted to their rows: a run that goes on, and a replay, need it. */
export interface RunClients extends Readonly<Omit<z.output<typeof schema>, "transform" | "table">> {
  readonly transform: TransformData;
  readonly table?: RunClientsTable;
}

/** The table that clients hold the rows of. */
export interface RunClientsTable {
  /** What clients are told of it. */
  readonly told: ClientsTable;
  /** How synthetic rows are written. */
  readonly dialect: TableDialect;
}

/** The aggregators of a run, and how many clients each stands for; undefined where the coordinator asks the clients themselves. */
export function aggregatorsOf({
  clients,
}: RunClients): { readonly name: string; readonly clients: number }[] | undefined {
  const counts = new Map<string, number>();
  for (const { region } of clients) if (region !== undefined) counts.set(region, (counts.get(region) ?? 0) + 1);
  return counts.size === 0 ? undefined : Array.from(counts, ([name, count]) => ({ name, clients: count }));
}

/** Whom the coordinator of a run asks: its clients, or the aggregators with the rows of theirs. */
export function askedIn({ clients }: RunClients): KnownClient[] {
  const asked = new Map<string, { name: string; rows: number; heldOut: number }>();
  for (const { name, region = name, rows, heldOut } of clients) {
    const known = asked.get(region) ?? { name: region, rows: 0, heldOut: 0 };
    asked.set(region, { name: region, rows: known.rows + rows, heldOut: known.heldOut + heldOut });
  }
  return [...asked.values()];
}

/** What results call a client. */
export function shownName({ name, region }: RunClients["clients"][number]): string {
  return region === undefined ? name : `${region}/${name}`;
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
    const { table, ...clients } = schema.parse(JSON.parse(text));
    return { ...clients, ...(table && { table: readClientsTable(table) }) };
  } catch (error) {
    const message = `${path} is damaged: it does not say who the clients of the run are`;
    throw new FedscoreError("FEDSCORE_FILE", message, { path }, error);
  }
}

/** @throws ArgumentError or ArgumentTypeError. */
function readClientsTable({ told, dialect }: Readonly<Record<string, unknown>>): RunClientsTable {
  return {
    told: requireClientsTable("table.told", told as ClientsTable),
    dialect: requireDialect("table.dialect", dialect),
  };
}
