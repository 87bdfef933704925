import fc from "fast-check";
import { expect, it } from "vitest";
import {
  clientMoments,
  covarianceOf,
  type Moments,
  meanOf,
  rescaledMoments,
  sumMoments,
  summedMoments,
} from "../../src/data/moments.js";
import { digest } from "../support/digest.js";
import { describeEngines } from "../support/engines.js";

/** Rows of deterministic numbers, some of them off zero by far more than they vary. */
function rowsOf(count: number, dimension: number): Float32Array {
  return Float32Array.from({ length: count * dimension }, (_, at) => ((at * 7919) % 1009) / 100 - 3 * (at % dimension));
}

/** The definition, one row after the other. */
function reference(points: Float32Array, dimension: number, rows: Uint32Array): Moments {
  const sum = new Float64Array(dimension);
  const second = new Float64Array(dimension * dimension);
  for (const row of rows) {
    const x = points.subarray(row * dimension, (row + 1) * dimension);
    for (let i = 0; i < dimension; i++) {
      sum[i] += x[i];
      for (let j = 0; j < dimension; j++) second[i * dimension + j] += x[i] * x[j];
    }
  }
  return { count: rows.length, dimension, sum, second };
}

/** |a - b| <= n eps times the sum of the absolute terms, which max |b| n bounds: both sides are float64 sums of the same n terms. */
function expectSameSums(found: Float64Array, expected: Float64Array, points: Float32Array, terms: number): void {
  const largest = points.reduce((a, b) => Math.max(a, Math.abs(b)), 1);
  const bound = terms * terms * largest * largest * 2 ** -52;
  expect(found).toHaveLength(expected.length);
  found.forEach((value, index) => {
    expect(Math.abs(value - expected[index])).toBeLessThanOrEqual(bound);
  });
}

describeEngines("moments", (engineOf) => {
  it("are the sums of x and of x x^T, for every tail", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 13 }), fc.integer({ min: 0, max: 300 }), (dimension, count) => {
        const points = rowsOf(300, dimension);
        const rows = Uint32Array.from({ length: count }, (_, index) => (index * 77) % 300);
        const found = clientMoments(engineOf(), points, dimension, rows);
        const expected = reference(points, dimension, rows);
        expect(found).toMatchObject({ count, dimension });
        expectSameSums(found.sum, expected.sum, points, count);
        expectSameSums(found.second, expected.second, points, count);
      }),
      { numRuns: 60 },
    );
  });

  it("have the same bits in every build", () => {
    const points = rowsOf(500, 37);
    const { sum, second } = clientMoments(engineOf(), points, 37, Uint32Array.from(points.subarray(0, 500).keys()));
    expect(digest(sum, second)).toBe("55c3a648");
  });

  it("add up over clients, sent or accumulated", () => {
    const points = rowsOf(400, 6);
    const clients = [0, 1, 2].map((client) =>
      Uint32Array.from({ length: 130 + client }, (_, index) => index * 3 + (client % 3)),
    );
    const sent = sumMoments(clients.map((rows) => clientMoments(engineOf(), points, 6, rows)));
    const accumulated = summedMoments(engineOf(), points, 6, clients);
    expect(accumulated.count).toBe(393);
    expect(sent.count).toBe(393);
    expectSameSums(accumulated.sum, sent.sum, points, 393);
    expectSameSums(accumulated.second, sent.second, points, 393);
  });

  it("take 10,000 clients in the memory of one", () => {
    const points = rowsOf(100, 64);
    const engine = engineOf();
    summedMoments(engine, points, 64, [Uint32Array.of(1)]);
    const { peak } = engine.arena;
    summedMoments(
      engine,
      points,
      64,
      Array.from({ length: 10_000 }, (_, client) => Uint32Array.of(client % 100)),
    );
    expect(engine.arena.peak).toBe(peak);
  });

  it("give mean and covariance", () => {
    const { mean, covariance } = { mean: [2, 4], covariance: [2 / 3, 4 / 3, 4 / 3, 8 / 3] };
    const moments = clientMoments(engineOf(), Float32Array.of(1, 2, 2, 4, 3, 6), 2, Uint32Array.of(0, 1, 2));
    expect([...meanOf(moments)]).toEqual(mean);
    covarianceOf(moments).forEach((value, index) => {
      expect(value).toBeCloseTo(covariance[index], 14);
    });
  });

  it("are carried through (x - shift) / scale", () => {
    const points = rowsOf(50, 3);
    const rows = Uint32Array.from({ length: 50 }, (_, row) => row);
    const [shift, scale] = [
      [1, -2, 0.5],
      [2, 4, 0.25],
    ];
    const mapped = points.map((value, at) => (value - shift[at % 3]) / scale[at % 3]);
    const carried = rescaledMoments(clientMoments(engineOf(), points, 3, rows), shift, scale);
    const direct = clientMoments(engineOf(), mapped, 3, rows);
    // The mapped points are rounded to float32: 2^-24 of each of the 50 terms.
    const largest = mapped.reduce((a, b) => Math.max(a, Math.abs(b)), 1);
    carried.second.forEach((value, index) => {
      expect(Math.abs(value - direct.second[index])).toBeLessThan(50 * 2 * largest * largest * 2 ** -24);
    });
    carried.sum.forEach((value, index) => {
      expect(Math.abs(value - direct.sum[index])).toBeLessThan(50 * largest * 2 ** -24);
    });
  });

  it("refuse rows that are not there, no client, and unequal dimensions", () => {
    const points = rowsOf(4, 2);
    expect(() => clientMoments(engineOf(), points, 2, Uint32Array.of(4))).toThrow(
      "rows must lie below the 4 rows of points, got 4",
    );
    expect(() => clientMoments(engineOf(), points, 0, Uint32Array.of(0))).toThrow(
      "dimension must be an integer >= 1, got 0",
    );
    expect(() => sumMoments([])).toThrow("moments must come from at least one client");
    const [two, one] = [2, 1].map((dimension) => clientMoments(engineOf(), points, dimension, Uint32Array.of(0)));
    expect(() => sumMoments([two, one])).toThrow("moments.sum must have 2 entries, got 1");
  });
});
