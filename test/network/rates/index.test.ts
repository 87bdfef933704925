import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRate, type RateSpec, rates } from "../../../src/network/rates/index.js";
import { simdEngine } from "../../support/engines.js";
import { arbitrarySpecIn } from "../../support/specs.js";

const engine = await simdEngine();

/** The factors of all steps of some rounds, each of `steps` local steps. */
function factors(spec: RateSpec, rounds: number, steps: number): number[][] {
  const rate = createRate(engine, spec);
  return Array.from({ length: rounds }, (_, round) =>
    Array.from({ length: steps }, (_, step) => rate({ round, step, steps })),
  );
}

describe("every schedule of the learning rate", () => {
  const step = fc.record({ round: fc.nat(2000), step: fc.nat(9), steps: fc.constant(10) });

  it("is a factor in [0, 1]", () => {
    fc.assert(
      fc.property(arbitrarySpecIn(rates), step, (spec, at) => {
        const factor = createRate(engine, spec)(at);
        return factor >= 0 && factor <= 1;
      }),
      { numRuns: 200 },
    );
  });

  it("is one of the round alone where it moves from round to round", () => {
    fc.assert(
      fc.property(arbitrarySpecIn(rates), step, (spec, at) => {
        const rate = createRate(engine, { ...spec, moves: "round" });
        return rate(at) === rate({ ...at, step: 0, steps: 1 });
      }),
      { numRuns: 200 },
    );
  });

  it("never rises after its warm-up", () => {
    fc.assert(
      fc.property(arbitrarySpecIn(rates), step, (spec, at) => {
        const rate = createRate(engine, spec);
        if (at.round < (spec.warmup ?? 0)) return true;
        return rate({ ...at, round: at.round + 1 }) <= rate(at);
      }),
      { numRuns: 200 },
    );
  });
});

describe("warm-up", () => {
  it("rises to the full rate by equal steps, from that of the first one on", () => {
    const each = factors({ kind: "constant", warmup: 2 }, 3, 4).flat();
    expect(each).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 8, 8].map((eighths) => eighths / 8));
  });

  it("may take a part of a round", () => {
    expect(factors({ kind: "constant", warmup: 0.5 }, 1, 4)).toEqual([[0.5, 1, 1, 1]]);
  });

  it("rises from round to round where the rate does", () => {
    const each = factors({ kind: "constant", warmup: 4, moves: "round" }, 5, 2);
    expect(each).toEqual([0.25, 0.5, 0.75, 1, 1].map((factor) => [factor, factor]));
  });
});

describe("constant", () => {
  it("is 1 to the bit", () => {
    expect(new Set(factors({ kind: "constant" }, 7, 3).flat())).toEqual(new Set([1]));
  });
});

describe("cosine", () => {
  it("goes through the equation's values", () => {
    const rate = createRate(engine, { kind: "cosine", rounds: 9, warmup: 1, final: 0.1 });
    for (const [round, progress] of [
      [1, 0],
      [3, 0.25],
      [5, 0.5],
      [7, 0.75],
      [9, 1],
      [20, 1],
    ] as const)
      expect(rate({ round, step: 0, steps: 5 })).toBeCloseTo(0.1 + 0.45 * (1 + Math.cos(Math.PI * progress)), 14);
  });

  it("moves within a round as within the whole run", () => {
    const [whole, cut] = [factors({ kind: "cosine", rounds: 8 }, 1, 8), factors({ kind: "cosine", rounds: 1 }, 1, 8)];
    expect(cut[0]).not.toEqual(whole[0]);
    expect(cut[0]).toEqual(factors({ kind: "cosine", rounds: 8 }, 8, 1).flat());
  });

  it("refuses a warm-up that is as long as all of it", () => {
    expect(() => createRate(engine, { kind: "cosine", rounds: 3, warmup: 3 })).toThrow(
      "rate.warmup must be less than rounds = 3, got 3",
    );
  });
});

describe("inverse-sqrt", () => {
  it("is halved where the rounds are four times those at the full rate", () => {
    const rate = createRate(engine, { kind: "inverse-sqrt", rounds: 5 });
    expect([0, 4, 5, 20, 45].map((round) => rate({ round, step: 0, steps: 3 }))).toEqual([1, 1, 1, 1 / 2, 1 / 3]);
  });
});

describe("staircase", () => {
  it("falls by its factor after each stair", () => {
    const each = factors({ kind: "staircase", rounds: 2, factor: 0.5 }, 6, 2);
    expect(each).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25].map((factor) => [factor, factor]));
  });
});
