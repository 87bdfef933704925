import { join } from "node:path";
import * as z from "zod";
import { readSafetensors } from "../../data/formats/safetensors.js";
import { FedscoreError, isFedscoreError } from "../../errors.js";
import { JsonProblem, parseJson } from "../../parse-json.js";
import { sha256 } from "../../sha256.js";
import { fileNames } from "../files/names.js";
import { readBytes } from "../files/read-file.js";
import { failedParts } from "../result/not-computed.js";
import { parseResult } from "../result/parse-result.js";
import { rowsElsewhere } from "../result/rows-elsewhere.js";
import type { ExperimentResult } from "../result/schema.js";

/** What tells of a result, of this version or another, which run it is of. */
const held = z.looseObject({
  config: z.record(z.string(), z.unknown()),
  checksums: z.looseObject({ parameters: z.string() }).exactOptional(),
});

export interface HeldResult {
  readonly config: unknown;
  /** Whether every part was computed that can be. */
  readonly isComplete: boolean;
  /** SHA-256 of its model's parameters, where it says. */
  readonly parameters: string | undefined;
}

/**
 * The result.json in the folder of a run; undefined where it is damaged or is none.
 * @throws FedscoreError FEDSCORE_FILE where it cannot be read.
 */
export function heldResult(folder: string): HeldResult | undefined {
  const bytes = readBytes(join(folder, fileNames.result));
  const parsed = held.safeParse(jsonOrNothing(new TextDecoder().decode(bytes)));
  if (!parsed.success) return undefined;
  const { config, checksums } = parsed.data;
  // What needs rows that clients hold is never computed.
  const missing = failedParts(parsed.data).filter(({ notComputed }) => !notComputed.endsWith(rowsElsewhere));
  return { config, isComplete: missing.length === 0, parameters: checksums?.parameters };
}

/** Whether the model in the folder of a run is whole, and that of its result. */
export function hasModel(folder: string, { parameters }: HeldResult): boolean {
  const path = join(folder, fileNames.model);
  try {
    const { tensors } = readSafetensors(readBytes(path), path);
    return parameters === undefined || sha256(...tensors.map(({ values }) => values)) === parameters;
  } catch (error) {
    if (isFedscoreError(error)) return false;
    throw error;
  }
}

/** The whole result of a finished run. @throws FedscoreError FEDSCORE_FILE where it is not a result of this version. */
export function finishedResult(folder: string): ExperimentResult {
  const path = join(folder, fileNames.result);
  const parsed = parseResult(readBytes(path));
  if ("result" in parsed) return parsed.result;
  const message = `cannot read ${path}: ${parsed.problem}: --overwrite alone, without --resume, runs it again`;
  throw new FedscoreError("FEDSCORE_FILE", message, { path });
}

/** Undefined where the text is no JSON. */
function jsonOrNothing(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    return undefined;
  }
}
