import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AggregationSpec,
  aggregations,
  createAggregation,
  type OwnAggregation,
} from "../../../src/federation/aggregations/index.js";
import { arbitrarySpec } from "../../support/specs.js";
import { reference, sumOfDistances, wholeNorm } from "./reference.js";
import { aggregated, type Table, tables, updatesOf } from "./support.js";

/** Each rule as it is by default, and as far from that as its settings go. */
const specs: readonly AggregationSpec[] = [
  { kind: "mean" },
  { kind: "median" },
  { kind: "trimmed-mean" },
  { kind: "trimmed-mean", trim: 0.4 },
  { kind: "norm-clipping" },
  { kind: "norm-clipping", factor: 0.5 },
  { kind: "norm-clipping", norm: 0.75 },
  { kind: "krum" },
  { kind: "krum", attackers: 2 },
  { kind: "multi-krum" },
  { kind: "multi-krum", attackers: 2, selected: 3 },
  { kind: "geometric-median", iterations: 1000 },
];

/** Fewest updates with which scores of Krum are all different: with fewer, each of two nearest neighbours has the other's. */
const fewest = (spec: AggregationSpec) => {
  const { leastUpdates } = createAggregation("aggregation", spec);
  return leastUpdates === 1 ? 1 : leastUpdates + 1;
};

/** Rounding of float64 sums of a few numbers up to 10. */
const rounding = 1e-13;

function expectClose(found: ArrayLike<number>, expected: readonly (number | null)[], tolerance = rounding): void {
  expected.forEach((value, i) => {
    expect(Math.abs(found[i] - (value ?? 0))).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(value ?? 0)));
  });
}

it("all rules are among those that are tried", () => {
  expect(new Set(specs.map(({ kind }) => kind))).toEqual(new Set(Object.keys(aggregations)));
});

describe.each(specs)("aggregation %o", (spec) => {
  const least = fewest(spec);
  const some = tables({ least, most: least + 8 });

  it("is what the paper says, over the clients that keep a parameter", () => {
    fc.assert(
      fc.property(some, (table) => {
        const { update, weights, shares } = aggregated(spec, updatesOf(table));
        const expected = reference(spec, table);
        expect(expected.map((value) => value !== null)).toEqual(Array.from(weights, (weight) => weight > 0));
        if (spec.kind !== "geometric-median") expectClose(update, expected);
        // The point need not be unique; its sum of distances is. Smoothing changes it by 1e-6 at most.
        else expect(Math.abs(sumOfDistances(table, update) - sumOfDistances(table, expected))).toBeLessThan(1e-5);
        expect(shares?.every((share) => share >= 0 && share <= 1) ?? true).toBe(true);
      }),
      { numRuns: spec.kind === "geometric-median" ? 8 : 60, seed: 1 },
    );
  });

  it("is the same in any order of the clients", () => {
    fc.assert(
      fc.property(some, fc.infiniteStream(fc.nat()), (table, stream) => {
        const order = table.map((_, index) => ({ index, key: stream.next().value })).sort((a, b) => a.key - b.key);
        const shuffled = order.map(({ index }) => table[index]);
        const [straight, other] = [table, shuffled].map((each) => aggregated(spec, updatesOf(each)));
        expectClose(other.update, [...straight.update], spec.kind === "geometric-median" ? 1e-9 : rounding);
        expectClose(other.weights, [...straight.weights]);
      }),
      { numRuns: 40, seed: 2 },
    );
  });

  it("of equal updates is that update, of a single one too", () => {
    const row = [0.5, null, -0.25, 0.125];
    const same = Array.from({ length: least }, () => row);
    const { update, weights } = aggregated(
      { ...spec, ...(spec.kind === "norm-clipping" && { norm: 9, factor: undefined }) },
      updatesOf(same),
    );
    expectClose(update, row);
    expect(weights[1]).toBe(0);
  });

  it.skipIf(spec.kind === "norm-clipping")("moves with its clients: u + c for all gives v + c", () => {
    const shift = fc.array(fc.integer({ min: -4096, max: 4096 }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(some, shift, (table, numbers) => {
        // Exact in float32.
        const by = (i: number) => numbers[i] / 1024;
        const moved = table.map((row) => row.map((value, i) => (value === null ? null : value + by(i))));
        const [before, after] = [table, moved].map((each) => aggregated(spec, updatesOf(each)));
        const expected = Array.from(before.update, (value, i) => (before.weights[i] > 0 ? value + by(i) : 0));
        expectClose(after.update, expected, spec.kind === "geometric-median" ? 1e-9 : rounding);
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  it("leaves its arguments, and gives no NaN, whatever attackers send", () => {
    const any = fc.oneof(
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(0, -0, 2 ** -149, 3.4e38, -3.4e38),
    );
    fc.assert(
      fc.property(tables({ least, most: least + 4, value: any }), (table) => {
        const updates = updatesOf(table);
        const { update, weights } = aggregated(
          { ...spec, ...(spec.kind === "geometric-median" && { iterations: 20 }) },
          updates,
        );
        expect([...update, ...weights].every(Number.isFinite)).toBe(true);
        expect(updates).toEqual(updatesOf(table));
      }),
      { numRuns: 60, seed: 4 },
    );
  });
});

describe("with f of n clients that send anything", () => {
  const huge = fc.constantFrom(1e30, -1e30, 3e38, -3e38, 1e4, -1e4);
  const attackers = 2;
  /** 6 or more honest clients, who keep all, and two attackers among them. */
  const attacked = fc
    .tuple(tables({ least: 6, most: 9, whole: true }), fc.array(huge, { minLength: 12, maxLength: 12 }), fc.nat(6))
    .map(([honest, sent, place]): { honest: Table; all: Table } => {
      const wrong = [0, 6].map((from) => honest[0].map((_, i) => sent[from + i]));
      return { honest, all: [...honest.slice(0, place), ...wrong, ...honest.slice(place)] };
    });
  const specsThatHold: readonly AggregationSpec[] = [
    { kind: "median" },
    { kind: "trimmed-mean", trim: 0.25 },
    { kind: "krum", attackers },
    { kind: "multi-krum", attackers },
  ];

  it.each(specsThatHold)("$kind stays between the honest ones", (spec) => {
    fc.assert(
      fc.property(attacked, ({ honest, all }) => {
        const isInside = (update: Float64Array) =>
          honest[0].every((_, i) => {
            const values = honest.map((row) => row[i] ?? 0);
            return update[i] >= Math.min(...values) - rounding && update[i] <= Math.max(...values) + rounding;
          });
        expect(isInside(aggregated(spec, updatesOf(all)).update)).toBe(true);
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  it("mean goes wherever one of them wants it", () => {
    const { update } = aggregated({ kind: "mean" }, updatesOf([[1], [0], [-1], [4e30]]));
    expect(update[0] / 1e30).toBeCloseTo(1, 6);
  });

  it("norm-clipping moves no farther than the median norm", () => {
    fc.assert(
      fc.property(attacked, ({ honest, all }) => {
        const { update, shares } = aggregated({ kind: "norm-clipping" }, updatesOf(all));
        const most = Math.max(...honest.map(wholeNorm));
        expect(wholeNorm([...update])).toBeLessThanOrEqual(most * (1 + rounding));
        expect(all.every((row, index) => honest.includes(row) || (shares?.[index] ?? 1) < 1e-3)).toBe(true);
      }),
      { numRuns: 60, seed: 6 },
    );
  });

  it("geometric-median stays within 2 (n - f) / (n - 2 f) of the honest ones", () => {
    fc.assert(
      fc.property(attacked, ({ honest, all }) => {
        const { update } = aggregated({ kind: "geometric-median" }, updatesOf(all));
        const n = all.length;
        // Minsker, Bernoulli 21, 2015, lemma 2.1 (b).
        const most = ((2 * (n - attackers)) / (n - 2 * attackers)) * Math.max(...honest.map(wholeNorm));
        expect(wholeNorm([...update])).toBeLessThanOrEqual(most);
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});

describe("what is left out", () => {
  it("krum takes one client of a cluster, and what that client does not keep stays", () => {
    const table = [
      [1, 1, null],
      [1.1, 1, 1],
      [1, 1.1, 1],
      [50, -50, 70],
      [1.05, 1.02, 1],
    ];
    const { update, weights, shares } = aggregated({ kind: "krum", attackers: 1 }, updatesOf(table));
    const [chosen] = table.filter((_, index) => shares?.[index] === 1);
    expect(shares?.filter((share) => share > 0)).toEqual([1]);
    expectClose(Float32Array.from(update), chosen, 2 ** -23);
    expect([...weights]).toEqual(chosen.map((value) => Number(value !== null)));
    expect(aggregated({ kind: "multi-krum", attackers: 1 }, updatesOf(table)).shares).toEqual([1, 1, 1, 0, 1]);
  });

  it("krum takes two that keep nothing in common for infinitely far apart", () => {
    const table = [
      [1, null],
      [1.1, null],
      [1.2, null],
      [1.05, null],
      [null, 9],
    ];
    expect(aggregated({ kind: "krum", attackers: 1 }, updatesOf(table)).shares?.[4]).toBe(0);
  });

  it("trimmed-mean says in how many parameters a client lay within", () => {
    const table = [
      [1, 9],
      [2, 2],
      [3, 3],
      [4, 4],
    ];
    const { update, weights, shares } = aggregated({ kind: "trimmed-mean" }, updatesOf(table));
    expect([...update]).toEqual([2.5, 3.5]);
    expect([...weights]).toEqual([4, 4]);
    expect(shares).toEqual([0, 0.5, 1, 0.5]);
  });

  it("weights count where a rule has them", () => {
    const table = [
      [1, null],
      [4, 2],
    ];
    expect([...aggregated({ kind: "mean" }, updatesOf(table, [1, 2])).update]).toEqual([3, 2]);
    expect([...aggregated({ kind: "norm-clipping", norm: 100 }, updatesOf(table, [1, 2])).update]).toEqual([3, 2]);
    // Of two points the geometric median is the heavier one.
    const { update } = aggregated({ kind: "geometric-median", iterations: 200 }, updatesOf([[1], [4]], [1, 2]));
    expect(Math.abs(update[0] - 4)).toBeLessThan(1e-5);
  });
});

describe("settings", () => {
  it.each(Object.values(aggregations))("of $kind make a rule wherever they are in range", (member) => {
    fc.assert(
      fc.property(arbitrarySpec(member), (spec) => {
        const { leastUpdates } = createAggregation("aggregation", spec as AggregationSpec);
        expect(leastUpdates).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 20, seed: 8 },
    );
  });

  it("are refused by name", () => {
    const make = (spec: object) => () => createAggregation("aggregation", spec as AggregationSpec);
    expect(make({ kind: "average" })).toThrow(/^aggregation.kind must be one of "mean", "median"/);
    expect(make({ kind: "trimmed-mean", trim: 0.5 })).toThrow("aggregation.trim must lie in [0, 0.5), got 0.5");
    expect(make({ kind: "norm-clipping", norm: 1, factor: 2 })).toThrow(
      "aggregation.factor must be left out where norm says the largest norm, got 2",
    );
    expect(make({ kind: "krum", attackers: 1.5 })).toThrow("aggregation.attackers must be an integer");
    expect(make({ name: "", aggregate: () => undefined })).toThrow('aggregation.name must be a name, got ""');
    const own: OwnAggregation = { name: "own", leastUpdates: 0, aggregate: () => undefined };
    expect(make(own)).toThrow("aggregation.leastUpdates must be an integer >= 1, got 0");
  });
});
