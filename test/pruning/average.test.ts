import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createServerOptimizer } from "../../src/federation/server-optimizers/index.js";
import { layoutOf } from "../../src/network/spec.js";
import { addBlockSum, addCoverage, averageInPlace, coverageOf } from "../../src/pruning/average.js";
import { expandMask } from "../../src/pruning/expand.js";
import { extract } from "../../src/pruning/extract.js";
import { groupMasks } from "../../src/pruning/group.js";
import type { StructuredMask } from "../../src/pruning/mask.js";
import { simdEngine } from "../support/engines.js";
import {
  arbitraryMask,
  arbitraryNetwork,
  arbitraryNetworkAndMask,
  arbitraryStructuredMask,
  networkOf,
  numberedParameters,
} from "../support/networks.js";

describe("addCoverage", () => {
  it("adds the weight on the ones of the expanded mask", () => {
    fc.assert(
      fc.property(arbitraryNetworkAndMask, fc.constantFrom(1, 2.5, 600), ({ spec, mask }, weight) => {
        const coverage = new Float64Array(layoutOf(spec).size).fill(4);
        addCoverage(spec, mask, weight, coverage);
        expect(coverage).toEqual(Float64Array.from(expandMask(spec, mask), (keep) => 4 + weight * keep));
      }),
    );
  });

  it("refuses a wrong length", () => {
    expect(() => addCoverage(networkOf(), { kind: "full" }, 1, new Float32Array(3))).toThrow("coverage must have");
  });
});

describe("coverageOf", () => {
  it("adds the weights of the clients that keep a parameter", () => {
    fc.assert(
      fc.property(
        arbitraryNetwork.chain((spec) =>
          fc.record({ spec: fc.constant(spec), masks: fc.array(arbitraryMask(spec), { maxLength: 6 }) }),
        ),
        ({ spec, masks }) => {
          const weights = masks.map((_, n) => 2 ** n);
          const expected = new Float64Array(layoutOf(spec).size);
          for (const [n, mask] of masks.entries()) addCoverage(spec, mask, weights[n], expected);
          expect(coverageOf(spec, groupMasks(masks, weights))).toEqual(expected);
        },
      ),
    );
  });

  it("refuses unequal lengths", () => {
    expect(() => groupMasks([{ kind: "full" }], [])).toThrow("weights must have 1 entries, got 0");
  });
});

describe("addBlockSum", () => {
  it("adds a submodel's entries to the places they were extracted from", async () => {
    const engine = await simdEngine();
    fc.assert(
      fc.property(
        arbitraryNetwork.chain((spec) => fc.tuple(fc.constant(spec), arbitraryStructuredMask(spec))),
        ([spec, mask]) => {
          const whole = numberedParameters(spec);
          const total = new Float64Array(whole.length).fill(1000);
          addBlockSum(spec, mask, extract(engine, spec, whole, mask).parameters, total);
          expect(total).toEqual(Float64Array.from(expandMask(spec, mask), (keep, i) => 1000 + keep * whole[i]));
        },
      ),
    );
  });
});

describe("averageInPlace, and FedAvg with it", () => {
  const average = (sum: Float64Array, weights: Float64Array) => {
    const update = sum.slice();
    const rounded = new Float32Array(sum.length);
    expect(averageInPlace(update, weights, rounded)).toBe(true);
    expect(rounded).toEqual(Float32Array.from(update));
    return update;
  };
  const total = Float64Array.of(6, -3, 5, 0);
  const coverage = Float64Array.of(4, 2, 0, 1);
  const fedavg = createServerOptimizer("server", { kind: "fedavg", learningRate: 1 });

  it("divides where there is coverage, and is 0 elsewhere", () => {
    expect(average(total, coverage)).toEqual(Float64Array.of(1.5, -1.5, 0, 0));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("tells of %s wherever it is", (lost) => {
    for (const [length, at] of [
      [7, 0],
      [7, 1],
      [7, 6],
      [20_001, 3],
      [20_001, 10_000],
      [20_001, 20_000],
    ]) {
      const sum = new Float64Array(length).fill(1e300);
      sum[at] = lost;
      expect(averageInPlace(sum, new Float64Array(length).fill(2), new Float32Array(length))).toBe(false);
    }
  });

  it("moves the server by the mean, and keeps the bits of the uncovered, -0 and NaN included", () => {
    const server = Float32Array.of(1, 1, -0, 8);
    fedavg.step({ parameters: server, update: average(total, coverage), weights: coverage, state: [] });
    expect([...server]).toEqual([2.5, -0.5, -0, 8]);
    const lost = Float32Array.of(Number.NaN);
    const none = Float64Array.of(0);
    fedavg.step({ parameters: lost, update: average(Float64Array.of(1), none), weights: none, state: [] });
    expect(lost[0]).toBeNaN();
  });

  it("is the sum of block sums over the coverage", () => {
    const spec = networkOf({ dimension: 1, noiseFeatures: 2, hidden: [1] });
    const sums = new Float64Array(6);
    addBlockSum(spec, { kind: "full" }, Float32Array.of(2, -1, 5, 0, 0, 0), sums);
    addBlockSum(spec, { kind: "full" }, Float32Array.of(4, -2, 0, 0, 0, 0), sums);
    expect(sums).toEqual(Float64Array.of(...total, 0, 0));
  });

  it("refuses unequal lengths", () => {
    const spec = networkOf({ dimension: 1, noiseFeatures: 2, hidden: [1] });
    const add = (mask: StructuredMask | { kind: "full" }, length: number, entries = 6) =>
      addBlockSum(spec, mask, new Float32Array(length), new Float64Array(entries));
    expect(() => add({ kind: "full" }, 5)).toThrow("sum must have 6 entries, got 5");
    expect(() => add({ kind: "full" }, 6, 5)).toThrow("total must have 6 entries, got 5");
    expect(() => averageInPlace(total, new Float64Array(3), new Float32Array(4))).toThrow(
      "coverage must have 4 entries, got 3",
    );
    expect(() => averageInPlace(total, coverage, new Float32Array(5))).toThrow("rounded must have 4 entries, got 5");
  });
});
