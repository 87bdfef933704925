import { FedscoreError } from "../errors.js";
import { readBytes } from "../experiment/files/read-file.js";
import { parseResult } from "../experiment/result/parse-result.js";
import type { ExperimentResult } from "../experiment/result/schema.js";

/** The result of a run, to do something with it, as in "certify". @throws FedscoreError FEDSCORE_FILE, FEDSCORE_INVALID_DATA. */
export function readResult(path: string, purpose: string): ExperimentResult {
  const parsed = parseResult(readBytes(path));
  if ("result" in parsed) return parsed.result;
  throw new FedscoreError("FEDSCORE_INVALID_DATA", `cannot ${purpose} ${path}: ${parsed.problem}`, { path });
}
