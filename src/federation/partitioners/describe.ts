import { requireArray, requireTyped } from "../../errors.js";
/** How classes are spread over clients. */
export interface PartitionDescription {
  /** Labels that occur, ascending. */
  readonly classes: readonly number[];
  /** counts[client][k]: rows of class classes[k] that the client holds. */
  readonly counts: readonly (readonly number[])[];
}

/** Counts the classes of each client; `rows[client]` are its rows, `labels` has one class per row of the dataset. */
export function describePartition(labels: Int32Array, rows: readonly Uint32Array[]): PartitionDescription {
  requireTyped("labels", labels, Int32Array);
  requireArray("rows", rows);
  for (const [client, held] of rows.entries()) requireTyped(`rows[${client}]`, held, Uint32Array);
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  const indexOf = new Map(classes.map((label, index) => [label, index]));
  const counts = rows.map((held) => {
    const row = new Array<number>(classes.length).fill(0);
    for (const each of held) row[indexOf.get(labels[each]) ?? 0]++;
    return row;
  });
  return { classes, counts };
}
