/** Distinct labels in ascending order: the classes, whose places are what a classifier counts in. */
export function classesOf(labels: Int32Array): Int32Array {
  return Int32Array.from(new Set(labels)).sort();
}

/** The place of each label in `classes`, int32; -1 of a label that is none of them. */
export function placesOf(labels: Int32Array, classes: Int32Array): Int32Array {
  const places = new Map(Array.from(classes, (label, place) => [label, place]));
  return labels.map((label) => places.get(label) ?? -1);
}
