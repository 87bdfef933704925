import type { JudgedRows } from "../../src/judges/judge.js";

/** Rows with these features and class probabilities, each of its most probable class. */
export function judgedRows(
  features: Float32Array,
  featureWidth: number,
  probabilities: Float32Array,
  asked?: Int32Array,
): JudgedRows {
  const rows = features.length / featureWidth;
  const classes = probabilities.length / rows;
  const predicted = Int32Array.from({ length: rows }, (_, row) => {
    const own = probabilities.subarray(row * classes, (row + 1) * classes);
    return own.indexOf(Math.max(...own));
  });
  return { features, featureWidth, probabilities, predicted, ...(asked && { asked }) };
}

/** Probability 1 of the class of each row. */
export function oneHot(places: ArrayLike<number>, classes: number): Float32Array {
  const probabilities = new Float32Array(places.length * classes);
  for (let row = 0; row < places.length; row++) probabilities[row * classes + places[row]] = 1;
  return probabilities;
}
