import type { NumberArray } from "./format.js";
import { advised, invalidData } from "./invalid.js";

/**
 * An array of one integer a row as labels.
 * @throws FedscoreError FEDSCORE_INVALID_DATA.
 */
export function labelsOf({ shape, values }: NumberArray, source: string): Int32Array {
  if (shape.length !== 1) {
    const error = invalidData(source, "shape", "1 dimension (labels)", shape.length);
    throw advised(error, 'save the column of classes alone: np.save("labels.npy", array[:, 0])');
  }
  const labels = Int32Array.from(values);
  const bad = labels.findIndex((label, row) => label !== values[row]);
  if (bad >= 0) throw invalidData(source, `element [${bad}]`, "an integer label", values[bad]);
  return labels;
}
