import * as z from "zod";
import { canonicalJson } from "../../canonical-json.js";
import { FedscoreError } from "../../errors.js";
import {
  type CheckpointArray,
  type CheckpointContent,
  checkpointError,
  decodeCheckpoint,
  encodeCheckpoint,
} from "../../federation/checkpoint-format.js";
import { sha256 } from "../../sha256.js";
import { digest, identity, type RunIdentity } from "../identity.js";

const values = z.strictObject({
  kind: z.literal("run"),
  run: identity,
  rounds: z.int().gte(0),
  found: z.unknown(),
  checksum: digest,
});

/** The file that a stage of a run keeps between its rounds: all that the rest of the run needs of what is done. */
export interface CheckpointFile {
  readonly run: RunIdentity;
  /** Rounds done. */
  readonly rounds: number;
  /** What the run has found in them, as JSON. */
  readonly found: unknown;
  /** `federation`: its own checkpoint; beside it vectors of what was found. */
  readonly arrays: Readonly<Record<string, CheckpointArray>> & { readonly federation: Uint8Array };
}

export function encodeCheckpointFile({ run, rounds, found, arrays }: CheckpointFile): Uint8Array<ArrayBuffer> {
  const bound = { kind: "run", run, rounds, found };
  return encodeCheckpoint({ values: { ...bound, checksum: checksumOf(bound, arrays) }, arrays });
}

/** Whether a checkpoint says that it is that of a run, and not that of a federation alone. */
export function isCheckpointFile({ values }: CheckpointContent): boolean {
  return values.kind === "run";
}

/** @throws FedscoreError FEDSCORE_CHECKPOINT for damaged bytes and for what no run has written. */
export function decodeCheckpointFile(bytes: Uint8Array): CheckpointFile {
  const content = decodeCheckpoint(bytes);
  const parsed = values.safeParse(content.values);
  const { federation, ...others } = content.arrays;
  if (!parsed.success || !(federation instanceof Uint8Array)) {
    throw checkpointError("it is not the checkpoint of a run, which `fedscore run` keeps");
  }
  const { checksum, ...bound } = parsed.data;
  const arrays = { ...others, federation };
  if (checksum !== checksumOf(bound, arrays)) throw checkpointError("its parts are not those of one state");
  return { run: bound.run, rounds: bound.rounds, found: bound.found, arrays };
}

/** Runs `work` on the checkpoint in a file: what it refuses names the file and the way to start anew. */
export function inCheckpointFile<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw ofCheckpointFile(path, error);
  }
}

/** The error with the file in it where it is about a checkpoint; others as they are. */
export function ofCheckpointFile(path: string, error: unknown): unknown {
  if (!(error instanceof FedscoreError) || error.code !== "FEDSCORE_CHECKPOINT" || "path" in error.details)
    return error;
  const { problem = error.message } = error.details;
  return cannotResume(path, String(problem), error.details);
}

/** @param what the file or folder. */
export function cannotResume(
  what: string,
  problem: string,
  details: Readonly<Record<string, unknown>> = {},
): FedscoreError {
  const message = `cannot resume from ${what}: ${problem}; --overwrite alone, without --resume, starts again`;
  return new FedscoreError("FEDSCORE_CHECKPOINT", message, { ...details, path: what });
}

/** Binds values and arrays to one another. Of JSON as it is read back: what JSON leaves out does not count. */
function checksumOf(bound: object, arrays: CheckpointFile["arrays"]): string {
  const sums = Object.entries(arrays).map(([name, array]) => `${name} ${array.constructor.name} ${sha256(array)}`);
  return sha256([canonicalJson(bound), ...sums.sort()].join("\n"));
}
