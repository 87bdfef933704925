import { join } from "node:path";
import * as z from "zod";
import { readSafetensors } from "../../data/formats/safetensors.js";
import { FedscoreError, isFedscoreError } from "../../errors.js";
import { JsonProblem, parseJson } from "../../parse-json.js";
import { fileNames } from "../files/names.js";
import { readBytes } from "../files/read-file.js";
import { failedParts } from "../result/not-computed.js";
import { type ExperimentResult, resultSchema } from "../result/schema.js";

/** What tells of a result, of this version or another, which run it is of. */
const held = z.looseObject({
  config: z.record(z.string(), z.unknown()),
});

export interface HeldResult {
  readonly config: unknown;
  /** Whether every part could be computed. */
  readonly isComplete: boolean;
}

/**
 * The result.json in the folder of a run; undefined where it is damaged or is none.
 * @throws FedscoreError FEDSCORE_FILE where it cannot be read.
 */
export function heldResult(folder: string): HeldResult | undefined {
  const parsed = held.safeParse(readJson(folder));
  return parsed.success ? { config: parsed.data.config, isComplete: failedParts(parsed.data).length === 0 } : undefined;
}

/** Whether the model of a run is there, and whole. */
export function hasModel(folder: string): boolean {
  const path = join(folder, fileNames.model);
  try {
    return readSafetensors(readBytes(path), path).tensors.length > 0;
  } catch (error) {
    if (isFedscoreError(error)) return false;
    throw error;
  }
}

/** The whole result of a finished run. @throws FedscoreError FEDSCORE_FILE where it is not a result of this version. */
export function finishedResult(folder: string): ExperimentResult {
  const parsed = resultSchema.safeParse(readJson(folder));
  if (parsed.success) return parsed.data;
  const path = join(folder, fileNames.result);
  const [{ path: key, message }] = parsed.error.issues;
  const problem = key.length === 0 ? "is damaged" : `is not of this version of fedscore (${key.join(".")}: ${message})`;
  throw new FedscoreError("FEDSCORE_FILE", `${path} ${problem}: --overwrite alone, without --resume, runs it again`, {
    path,
  });
}

/** Undefined where the file is no JSON. */
function readJson(folder: string): unknown {
  const path = join(folder, fileNames.result);
  try {
    return parseJson(new TextDecoder().decode(readBytes(path)));
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    return undefined;
  }
}
