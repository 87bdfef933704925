import { requireRows, rowsIn } from "../data/rows.js";
import { ArgumentError, requireInteger, requireLength, requireObject, requireTyped } from "../errors.js";
import { type NetworkSpec, rowWidth } from "./spec.js";

/** What a network trains on: points and, where it has classes, their classes. */
type RowSpec = Pick<NetworkSpec, "dimension" | "classes">;

/**
 * Rows that a network trains on, float32 [n, rowWidth(spec)]: the points, float32 [n, dimension], themselves where it has no classes.
 * @param labels int32 [n], each in [0, classes); what messages call them is `argument`.
 * @throws ArgumentError or ArgumentTypeError where the network has classes and labels are absent or no classes of it.
 */
export function trainingRows(
  spec: RowSpec,
  points: Float32Array,
  labels: Int32Array | undefined,
  argument = "labels",
): Float32Array {
  const { dimension, classes } = requireObject("spec", spec);
  requireInteger("spec.dimension", dimension, 1);
  requireRows("points", points, dimension);
  if (classes === undefined) return points;
  requireInteger("spec.classes", classes, 1);
  const count = rowsIn(points, dimension);
  requireTyped(argument, labels, Int32Array);
  requireLength(argument, labels, count);
  const width = rowWidth(spec);
  const rows = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    rows.set(points.subarray(row * dimension, (row + 1) * dimension), row * width);
    rows[row * width + dimension] = labels[row];
  }
  requireClasses(argument, spec, rows);
  return rows;
}

/** Throws unless the last number of each row, float32 [n, rowWidth(spec)], is a class of the network. */
export function requireClasses(argument: string, { dimension, classes }: RowSpec, rows: Float32Array): void {
  if (classes === undefined) return;
  const width = dimension + 1;
  for (let row = 0; row * width < rows.length; row++) {
    const label = rows[row * width + dimension];
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    const rule = `must be a class of the network, an integer in [0, ${classes - 1}]`;
    throw new ArgumentError(`${argument}[${row}]`, rule, label);
  }
}
