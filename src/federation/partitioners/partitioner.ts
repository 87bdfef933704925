import { ArgumentError } from "../../errors.js";

/** What is dealt, and to how many. */
export interface PartitionRequest {
  /** Rows of the dataset. */
  readonly count: number;
  readonly clients: number;
  /** One class per row; partitions that skew classes need it. */
  readonly labels?: Int32Array | undefined;
  /** The client of each row, from 0 to clients - 1, where the data say it. */
  readonly owners?: Int32Array | undefined;
  readonly seed: number;
}

/** Rows of each client, in any order: every row of the request at exactly one. A function of the arguments alone. */
export type DealtRows = readonly ArrayLike<number>[];

/** The rows of one class. */
export interface ClassRows {
  readonly label: number;
  readonly rows: Uint32Array;
}

/** Rows of each class, classes ascending, rows ascending. Throws where the request has no labels. */
export function rowsByClass(kind: string, { labels, count }: PartitionRequest): ClassRows[] {
  if (!labels) throw new ArgumentError("labels", `must be given for a partition of kind "${kind}"`, labels);
  const sizes = new Map<number, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const classes = new Map(
    [...sizes]
      .sort(([a], [b]) => a - b)
      .map(([label, size]) => [label, { label, rows: new Uint32Array(size), filled: 0 }]),
  );
  for (let row = 0; row < count; row++) {
    const entry = classes.get(labels[row]);
    if (entry) entry.rows[entry.filled++] = row;
  }
  return [...classes.values()];
}

/** Cuts `rows` into `parts` runs whose lengths differ by at most 1. */
export function evenRuns(rows: Uint32Array, parts: number): Uint32Array[] {
  return Array.from({ length: parts }, (_, part) =>
    rows.subarray(Math.floor((part * rows.length) / parts), Math.floor(((part + 1) * rows.length) / parts)),
  );
}
