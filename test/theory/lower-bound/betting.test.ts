import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../../src/kernels/index.js";
import { Purpose } from "../../../src/kernels/purpose.js";
import { uniforms } from "../../../src/kernels/random.js";
import { bestBet, bettingLowerEnd } from "../../../src/theory/lower-bound/betting.js";
import { simdEngine } from "../../support/engines.js";

let engine: Engine;
beforeAll(async () => {
  engine = await simdEngine();
});

/** 1 with probability `share`, else 0, shifted to the mean `mean`. */
const rare = (seed: number, count: number, share: number, mean: number) =>
  Float64Array.from(
    uniforms(engine, count, { seed, purpose: Purpose.probe }),
    (u) => (u < share ? 1 : 0) - share + mean,
  );

describe("lower confidence end by betting", () => {
  it.each([
    [0.5, 0.1],
    [0.02, 0.01],
    [0.02, 0],
    [0.98, 0.05],
  ])("exceeds the mean of skewed numbers in at most 1 of 20 seeds: share %f, mean %f", (share, mean) => {
    const least = mean - share;
    const { bet } = bestBet(mean, share * (1 - share), least, 100, 0.95);
    let above = 0;
    for (let seed = 0; seed < 2000; seed++) {
      if (bettingLowerEnd(rare(seed, 100, share, mean), least, bet, 0.95) > mean) above++;
    }
    // 2000 draws at 5 % exceed 130 with probability 0.001.
    expect(above).toBeLessThanOrEqual(130);
  });

  it("comes within sqrt(2 log(20) variance / n) of the mean, the price of holding for every n and law", () => {
    const count = 20_000;
    const { bet, end } = bestBet(0.3, 0.25, -0.2, count, 0.95);
    const found = bettingLowerEnd(rare(5, count, 0.5, 0.3), -0.2, bet, 0.95);
    expect(end).toBeCloseTo(0.3 - Math.sqrt((2 * Math.log(20) * 0.25) / count), 6);
    expect(found).toBeGreaterThan(end - 3 * Math.sqrt(0.25 / count));
    expect(found).toBeLessThan(0.3);
  });

  it("has wealth 1 / (1 - confidence) at the end", () => {
    const values = Float64Array.of(0.4, 0.5, 0.3, 0.45, 0.6);
    const end = bettingLowerEnd(values, 0, 1.9, 0.8);
    expect(end).toBeGreaterThan(0);
    expect(values.reduce((wealth, value) => wealth * (1 + 1.9 * (value - end)), 1)).toBeCloseTo(5, 6);
  });

  it("is in [0, least + 1 / bet] for any numbers and any bet, and grows with them", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 3, noNaN: true }), { minLength: 1, maxLength: 30 }),
        fc.double({ min: 0.01, max: 5, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (numbers, bet, added) => {
          const values = Float64Array.from(numbers);
          const end = bettingLowerEnd(values, -1, bet, 0.95);
          expect(end).toBeGreaterThanOrEqual(0);
          expect(end).toBeLessThanOrEqual(Math.max(0, -1 + 1 / bet));
          expect(
            bettingLowerEnd(
              values.map((value) => value + added),
              -1,
              bet,
              0.95,
            ),
          ).toBeGreaterThanOrEqual(end);
        },
      ),
    );
  });

  it("refuses a bet that is no bet", () => {
    expect(() => bettingLowerEnd(Float64Array.of(1), 0, 0, 0.95)).toThrow(/bet must be > 0/);
    expect(() => bettingLowerEnd(Float64Array.of(1), 0, 1, 1)).toThrow(/confidence must lie in \(0, 0.999999999999\]/);
  });
});
