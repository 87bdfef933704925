import { classCount, type JudgedRows } from "./judge.js";

/** How many rows the classifier finds of each class: float64 [classes]. */
export function classCounts(rows: JudgedRows): Float64Array {
  const counts = new Float64Array(classCount(rows));
  for (const place of rows.predicted) counts[place]++;
  return counts;
}
