import { ArgumentError, requireFloats, requireInteger, requireLength, requireTyped } from "../../errors.js";
import { firstNonFinite } from "../finite.js";

/**
 * Rows as a CSV file (RFC 4180) with the header "x0,x1,..."; `readCsv` gives the same numbers back.
 * @param points float32 [rows, dimension], at least one row.
 * @param classes of the rows, [rows]: a last column "class".
 * @throws ArgumentError for no rows, a length that is no multiple of `dimension`, and for NaN or Infinity.
 */
export function writeCsv(points: Float32Array, dimension: number, classes?: Uint32Array): string {
  requireInteger("dimension", dimension, 1);
  requireFloats("points", points);
  if (points.length === 0 || points.length % dimension !== 0) {
    throw new ArgumentError("points", `must have a length that is a multiple of dimension ${dimension}`, points.length);
  }
  const bad = firstNonFinite(points);
  if (bad >= 0) throw new ArgumentError(`points[${bad}]`, "must be finite", points[bad]);
  if (classes) {
    requireTyped("classes", classes, Uint32Array);
    requireLength("classes", classes, points.length / dimension);
  }
  const lineOf = (cells: string[], last: string | number = "") => (classes ? [...cells, last] : cells).join(",");
  const lines = [
    lineOf(
      Array.from({ length: dimension }, (_, column) => `x${column}`),
      "class",
    ),
  ];
  for (let row = 0; row < points.length; row += dimension) {
    lines.push(lineOf(Array.from(points.subarray(row, row + dimension), shortest), classes?.[row / dimension]));
  }
  return `${lines.join("\n")}\n`;
}

/** The shortest decimal that is this float32 again; 9 digits always are. */
function shortest(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return text;
  }
  return String(Number(value.toPrecision(9)));
}
