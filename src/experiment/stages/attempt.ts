import { finiteEntries, finiteResult } from "../../data/finite.js";
import { type ErrorCode, isFedscoreError } from "../../errors.js";
import type { NotComputed, Part } from "../result/not-computed.js";

/** Errors that are not about the numbers of one part: the run ends with them. */
const ending: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "FEDSCORE_ABORTED",
  "FEDSCORE_WORKER",
  "FEDSCORE_FILE",
  "FEDSCORE_CHECKPOINT",
  "FEDSCORE_INVALID_TYPE",
]);

/** What `work` gives; where its numbers fail, why. An abort, lost workers and mistakes of fedscore are thrown on. */
export async function attempt<T>(work: () => T | Promise<T>): Promise<Part<T>> {
  try {
    return await work();
  } catch (error) {
    return failureOf(error);
  }
}

/** The failure that an error means for the part that it comes from. Throws an error that ends the run. */
export function failureOf(error: unknown): NotComputed {
  if (!isFedscoreError(error) || ending.has(error.code)) throw error;
  return { notComputed: error.message, code: error.code };
}

/**
 * The value itself, of plain data and typed arrays.
 * @param part what messages call it.
 * @throws FedscoreError FEDSCORE_NON_FINITE naming the first number in it that is NaN or infinite: no JSON could hold it.
 */
export function finite<T>(part: string, value: T): T {
  if (typeof value === "number") finiteResult(part, value);
  else if (value instanceof Float32Array || value instanceof Float64Array) finiteEntries(part, value);
  else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    for (const [key, inner] of Object.entries(value)) finite(`${part}.${key}`, inner);
  }
  return value;
}
