import { readFileSync } from "node:fs";
import { FedscoreError } from "../errors.js";
import { causeOf } from "../experiment/files/cause.js";

/** The bytes of a file that an argument names. @throws FedscoreError FEDSCORE_FILE. */
export function readBytes(path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    throw new FedscoreError("FEDSCORE_FILE", `cannot read ${path}: ${causeOf(error)}`, { path }, error);
  }
}
