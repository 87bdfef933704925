import fc from "fast-check";
import type { SingleUpdate } from "../../../src/federation/aggregations/aggregation.js";
import { type AggregationSpec, createAggregation } from "../../../src/federation/aggregations/index.js";

/** What each client has for each parameter; null where it does not keep it. */
export type Table = readonly (readonly (number | null)[])[];

/** The updates of clients 0, 1, 2 and so on, of weight 1 unless said otherwise. */
export function updatesOf(table: Table, weights?: readonly number[]): SingleUpdate[] {
  return table.map((row, client) => ({
    client,
    keep: Uint8Array.from(row, (value) => Number(value !== null)),
    values: Float32Array.from(row.filter((value) => value !== null)),
    weight: weights?.[client] ?? 1,
  }));
}

/** What a rule makes of updates. */
export function aggregated(spec: AggregationSpec, updates: readonly SingleUpdate[]) {
  const size = updates[0].keep.length;
  const into = { update: new Float64Array(size), weights: new Float64Array(size) };
  const shares = createAggregation("aggregation", spec).aggregate(updates, into);
  return { ...into, shares };
}

interface TableShape {
  readonly least?: number;
  readonly most?: number;
  /** Whether every client keeps everything. Default: false. */
  readonly whole?: boolean;
  /** Default: float32 in [-1, 1]. */
  readonly value?: fc.Arbitrary<number>;
}

const fine = fc.integer({ min: -1024, max: 1024 }).map((value) => value / 1024);

/** Tables in which everybody keeps the first parameter, and something or nothing else: so masks of every kind overlap. */
export function tables({ least = 1, most = 9, whole = false, value = fine }: TableShape = {}): fc.Arbitrary<Table> {
  return fc.integer({ min: 1, max: 5 }).chain((others) => {
    const entry = whole
      ? value
      : fc.oneof({ weight: 3, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) });
    const row = fc.tuple(value, fc.array(entry, { minLength: others, maxLength: others }));
    return fc.array(
      row.map(([first, rest]) => [first, ...rest]),
      { minLength: least, maxLength: most },
    );
  });
}
