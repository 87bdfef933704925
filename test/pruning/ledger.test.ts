import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layoutOf } from "../../src/network/spec.js";
import { expandMask } from "../../src/pruning/expand.js";
import { CoverageLedger } from "../../src/pruning/ledger.js";
import type { Mask } from "../../src/pruning/mask.js";
import { arbitraryMask, arbitraryNetwork, networkOf, numberedParameters } from "../support/networks.js";
import { testNumbers } from "../support/numbers.js";

const arbitraryRounds = arbitraryNetwork.chain((spec) =>
  fc.record({
    spec: fc.constant(spec),
    rounds: fc.array(fc.array(arbitraryMask(spec), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
  }),
);

describe("CoverageLedger", () => {
  it("counts a hand-made round", () => {
    // weight [2, 3], bias [2], weight [1, 2], bias [1]
    const spec = networkOf({ dimension: 1, noiseFeatures: 2, hidden: [2] });
    const ledger = new CoverageLedger(spec);
    const first: Mask = { kind: "structured", kept: [Uint32Array.of(0)] };
    const coverage = ledger.record(3, [first, { kind: "full" }, first], new Float32Array(11).fill(2));
    expect(coverage).toEqual({
      round: 3,
      clients: 3,
      minimum: 1,
      minimumOverAll: 1,
      uncovered: 0,
      perLayer: [
        { layer: 0, min: 1, mean: 2, max: 3 },
        { layer: 1, min: 1, mean: 7 / 3, max: 3 },
      ],
      histogram: [
        { clients: 1, parameters: 5 },
        { clients: 3, parameters: 6 },
      ],
      pruningNoise: 5 / 11,
      parameterNorm: 44,
    });
    expect(ledger.neverCovered()).toBe(0);
  });

  it("takes Gamma* over covered parameters and counts the uncovered apart", () => {
    const spec = networkOf({ dimension: 1, noiseFeatures: 2, hidden: [2] });
    const ledger = new CoverageLedger(spec);
    const mask: Mask = { kind: "structured", kept: [Uint32Array.of(1)] };
    const coverage = ledger.record(0, [mask, mask], numberedParameters(spec));
    expect(coverage).toMatchObject({ minimum: 2, minimumOverAll: 0, uncovered: 5 });
    expect(ledger.runMinimum).toBe(2);
    expect(ledger.neverCovered()).toBe(5);
    expect(ledger.neverCoveredPerLayer()).toEqual([4, 1]);
    ledger.record(1, [{ kind: "full" }], numberedParameters(spec));
    expect(ledger.runMinimum).toBe(1);
    expect(ledger.neverCovered()).toBe(0);
  });

  it("agrees with counting expanded masks", () => {
    fc.assert(
      fc.property(arbitraryRounds, ({ spec, rounds }) => {
        const ledger = new CoverageLedger(spec);
        const { size } = layoutOf(spec);
        const ever = new Uint8Array(size);
        let noise = 0;
        rounds.forEach((masks, round) => {
          const parameters = testNumbers(size, round + 1);
          const coverage = ledger.record(round, masks, parameters);
          const keeps = masks.map((mask) => expandMask(spec, mask));
          const counts = Array.from({ length: size }, (_, i) => keeps.reduce((sum, keep) => sum + keep[i], 0));
          const covered = counts.filter((count) => count > 0);
          expect(coverage.minimum).toBe(covered.length ? Math.min(...covered) : 0);
          expect(coverage.minimumOverAll).toBe(Math.min(...counts));
          expect(coverage.uncovered).toBe(size - covered.length);
          for (const { clients, parameters } of coverage.histogram) {
            expect(parameters).toBe(counts.filter((count) => count === clients).length);
          }
          expect(coverage.histogram.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(size);

          const norm = parameters.reduce((sum, theta) => sum + theta * theta, 0);
          const pruned = keeps.map((keep) =>
            parameters.reduce((sum, theta, i) => sum + (keep[i] ? 0 : theta * theta), 0),
          );
          // 1e-12: a difference of float64 sums of at most a few thousand terms, against their sum in another order.
          expect(coverage.pruningNoise).toBeCloseTo(Math.max(...pruned) / norm, 12);
          noise = Math.max(noise, coverage.pruningNoise);
          counts.forEach((count, i) => {
            if (count > 0) ever[i] = 1;
          });
        });
        expect(ledger.neverCovered()).toBe(ever.filter((one) => one === 0).length);
        expect(ledger.neverCoveredPerLayer().reduce((a, b) => a + b)).toBe(ledger.neverCovered());
        expect(ledger.runPruningNoise).toBe(noise);
      }),
    );
  });

  it("goes on from a saved state as if it had never stopped", () => {
    fc.assert(
      fc.property(arbitraryRounds, ({ spec, rounds }) => {
        const parameters = numberedParameters(spec);
        const straight = new CoverageLedger(spec);
        let resumed = new CoverageLedger(spec);
        rounds.forEach((masks, round) => {
          straight.record(round, masks, parameters);
          resumed = new CoverageLedger(spec, structuredClone(resumed.state()));
          resumed.record(round, masks, parameters);
        });
        expect(resumed.state()).toEqual(straight.state());
        expect(resumed.runMinimum).toBe(straight.runMinimum);
        expect(resumed.meanParameterNorm).toBe(straight.meanParameterNorm);
      }),
    );
  });

  it("starts empty", () => {
    const ledger = new CoverageLedger(networkOf());
    expect(ledger.runMinimum).toBe(0);
    expect(ledger.meanParameterNorm).toBe(0);
    expect(ledger.neverCovered()).toBe(layoutOf(networkOf()).size);
  });

  it("has no pruning noise where everybody is full, or the parameters are 0", () => {
    const spec = networkOf();
    const ledger = new CoverageLedger(spec);
    expect(ledger.record(0, [{ kind: "full" }], numberedParameters(spec)).pruningNoise).toBe(0);
    const small: Mask = { kind: "structured", kept: spec.hidden.map(() => Uint32Array.of(0)) };
    expect(ledger.record(1, [small], new Float32Array(layoutOf(spec).size)).pruningNoise).toBe(0);
  });

  it("refuses parameters of another length, or not finite, and a state of another network", () => {
    const ledger = new CoverageLedger(networkOf());
    expect(() => ledger.record(0, [{ kind: "full" }], new Float32Array(2))).toThrow("parameters must have");
    const lost = numberedParameters(networkOf()).fill(Number.NaN, 4, 5);
    expect(() => ledger.record(6, [{ kind: "full" }], lost)).toThrow("round 6: the server's parameters have NaN");
    expect(() => new CoverageLedger(networkOf({ hidden: [2] }), ledger.state())).toThrow("state.covered must have");
  });
});
