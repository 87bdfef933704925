import type { Dataset } from "../dataset.js";
import { roundedRows } from "../exact.js";
import { firstNonFinite } from "../finite.js";
import type { NumberValues } from "./elements.js";
import { advised, indexIn, invalidData, requireHeld } from "./invalid.js";

/** Numbers of a file in C order. */
export interface StoredArray {
  readonly shape: readonly number[];
  readonly values: NumberValues;
  /** Whether the file has them as integers or booleans. */
  readonly isInteger: boolean;
}

/**
 * The rows of an array: [n] is one number a row, [n, d] one row each, [n, height, width] grey images, as are [n, height, width, 1] and
 * [n, 1, height, width]. `part` names the array where `source` has several.
 * @throws FedscoreError FEDSCORE_INVALID_DATA for other shapes, for none, and for what float32 cannot hold.
 */
export function rowsOf(array: StoredArray, source: string, part?: string): Dataset {
  const place = (what: string) => (part === undefined ? what : `${part}, ${what}`);
  const { shape } = array;
  if (shape.length < 1 || shape.length > 4)
    throw invalidData(source, place("shape"), "1 to 4 dimensions", shape.length);
  if (shape.includes(0)) {
    throw invalidData(source, place("shape"), "at least one row and one column", shape.join(" x "));
  }
  const points = toFloat32(array, source, place);
  const rows = (dimension: number): Dataset => ({ points, dimension, ...exactRows(array, dimension, source, place) });
  const [, ...lengths] = shape;
  if (lengths.length < 2) return rows(lengths[0] ?? 1);
  const imageShape = greyShape(lengths);
  if (imageShape) return { ...rows(imageShape[0] * imageShape[1]), imageShape };
  const error = invalidData(source, place("shape"), "grey images, with one channel", shape.join(" x "));
  throw advised(error, "take the mean over the channels, or make one row of each image: array.reshape(len(array), -1)");
}

/** Height and width of images whose channel, where they have one, is the last axis or the first. */
function greyShape([first, second, third]: readonly number[]): readonly [number, number] | undefined {
  if (third === undefined || third === 1) return [first, second];
  return first === 1 ? [second, third] : undefined;
}

/** The floats before they were rounded, where that costs a column digits. */
function exactRows(
  { values, isInteger }: StoredArray,
  dimension: number,
  source: string,
  place: (what: string) => string,
): Pick<Dataset, "exact"> {
  if (isInteger || !(values instanceof Float64Array)) return {};
  requireHeld(values, dimension, source, (column) => place(`column ${column}`));
  const { exact } = roundedRows(values, dimension);
  return exact ? { exact } : {};
}

/** Floats are rounded. An integer has its value or is refused: it may be a number of a thing, and stand for another one when rounded. */
function toFloat32(
  { values, shape, isInteger }: StoredArray,
  source: string,
  place: (what: string) => string,
): Float32Array {
  if (values instanceof Float32Array) return values;
  const points = new Float32Array(values);
  const refuse = (element: number, expected: string) =>
    invalidData(source, place(`element [${indexIn(shape, element).join(", ")}]`), expected, values[element]);
  if (!isInteger) {
    const overflow = firstNonFinite(points);
    if (overflow >= 0) throw refuse(overflow, "a number within float32");
    return points;
  }
  const rounded = points.findIndex((value, i) => value !== values[i]);
  if (rounded < 0) return points;
  throw advised(
    refuse(rounded, "integers that float32 has"),
    "subtract an offset, or save them as floats to have them rounded",
  );
}
