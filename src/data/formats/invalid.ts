import { describeValue, FedscoreError } from "../../errors.js";
import { smallestHeld, vanishingColumn } from "../exact.js";

/** FEDSCORE_INVALID_DATA: "source, position: expected ..., found ...". `position` is a line, a byte offset or a row and column. */
export function invalidData(
  source: string,
  position: string,
  expected: string,
  found: unknown,
  cause?: unknown,
): FedscoreError {
  const message = `${source}, ${position}: expected ${expected}, found ${describeValue(found)}`;
  return new FedscoreError("FEDSCORE_INVALID_DATA", message, { source, position, expected, found }, cause);
}

/** The same error with what to do about it, where that is known: "...; set delimiter to ";"". */
export function advised(error: FedscoreError, advice: string | undefined): FedscoreError {
  if (advice === undefined) return error;
  return new FedscoreError(error.code, `${error.message}; ${advice}`, { ...error.details, advice }, error.cause);
}

/** The same error with more of the values that it names. */
export function detailed(error: FedscoreError, details: Readonly<Record<string, unknown>>): FedscoreError {
  return new FedscoreError(error.code, error.message, { ...error.details, ...details }, error.cause);
}

/** Refuses float64 rows with a column that float32 would not tell from a constant one; `placeOf` says where a column is. */
export function requireHeld(
  rows: Float64Array,
  dimension: number,
  source: string,
  placeOf: (column: number) => string,
): void {
  const found = vanishingColumn(rows, dimension);
  if (!found) return;
  const range = `${found.low.toPrecision(3)} to ${found.high.toPrecision(3)}`;
  const error = invalidData(source, placeOf(found.column), "numbers that float32 tells apart", range);
  throw advised(error, `float32 begins at ${smallestHeld.toPrecision(2)}: rescale the column`);
}

/** `set delimiter to ";" and decimal to ","`. */
export function set(settings: Readonly<Record<string, string | number | boolean>>): string {
  return `set ${Object.entries(settings)
    .map(([key, value]) => `${key} to ${JSON.stringify(value)}`)
    .join(" and ")}`;
}

/** Product of a shape, or Infinity where it leaves the integers that a number holds exactly. */
export function elementCount(shape: readonly number[]): number {
  const count = shape.reduce((product, length) => product * length, 1);
  return Number.isSafeInteger(count) ? count : Infinity;
}

/** The index of a C-order element in its shape: [2, 0, 5]. */
export function indexIn(shape: readonly number[], element: number): number[] {
  const index: number[] = [];
  let rest = element;
  for (const length of [...shape].reverse()) {
    index.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return index;
}

/** A copy of part of `bytes` in a buffer of its own: aligned, and apart from the pools that Node's Buffers lie in. */
export function copyBytes(bytes: Uint8Array, from: number, to = bytes.length): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes.subarray(from, to));
}
