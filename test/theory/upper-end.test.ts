import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { meanWithEnd } from "../../src/theory/row-mean.js";
import { upperEnd } from "../../src/theory/upper-end.js";

/** Uniform numbers of a seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296 + 2 ** -33;
  };
}

const normal = (u: () => number) => Math.sqrt(-2 * Math.log(u())) * Math.cos(2 * Math.PI * u());

/** Laws with their means, all of which exceed a high ceiling by no more than it on average. */
const laws: readonly { name: string; mean: number; draw: (u: () => number) => number }[] = [
  { name: "normal", mean: 3, draw: (u) => 3 + normal(u) },
  { name: "exponential", mean: 1, draw: (u) => -Math.log(u()) },
  { name: "chi-squared with one degree", mean: 1, draw: (u) => normal(u) ** 2 },
  { name: "log-normal", mean: Math.exp(0.5), draw: (u) => Math.exp(normal(u)) },
  { name: "Pareto of index 3", mean: 1.5, draw: (u) => u() ** (-1 / 3) },
  { name: "one in ten", mean: 0.1, draw: (u) => (u() < 0.1 ? 1 : 0) },
  { name: "negative exponential", mean: -1, draw: (u) => Math.log(u()) },
];

const level = 0.05;

describe("upper end of a mean", () => {
  it.each(laws)("holds for any number of draws: $name", ({ mean, draw }) => {
    for (const count of [2, 3, 8, 40, 300]) {
      let wrong = 0;
      for (let seed = 0; seed < 1000; seed++) {
        const u = generator(seed * 7 + count);
        const start = Math.max(...Array.from({ length: 8 }, () => Math.abs(draw(u) - mean))) / count;
        const contributions = Float64Array.from({ length: count }, () => (draw(u) - mean) / count);
        const sum = contributions.reduce((a, b) => a + b, 0);
        if (sum + upperEnd(contributions, start, level).margin < 0) wrong++;
      }
      expect(wrong, `${count} draws`).toBeLessThanOrEqual(1000 * level);
    }
  });

  it("holds for strata of different weights and scales, in which normal theory with few draws does not", () => {
    let wrong = 0;
    let wrongByStudent = 0;
    const shares = [0.9, 0.09, 0.01];
    const scales = [1, 10, 100];
    for (let seed = 0; seed < 1000; seed++) {
      const u = generator(seed);
      const start = 0.9 * 2;
      const values = shares.flatMap((share, s) => [0, 1].map(() => (share / 2) * scales[s] * -Math.log(u())));
      const contributions = Float64Array.from(values);
      const truth = 0.9 + 0.9 + 1;
      const sum = values.reduce((a, b) => a + b, 0);
      if (sum + upperEnd(contributions, start, level).margin < truth) wrong++;
      const spread = Math.sqrt([0, 2, 4].reduce((a, i) => a + (values[i] - values[i + 1]) ** 2, 0));
      if (sum + 1.645 * spread < truth) wrongByStudent++;
    }
    expect(wrong).toBeLessThanOrEqual(1000 * level);
    expect(wrongByStudent).toBeGreaterThan(1000 * level);
  });

  it("costs little where draws are many: its ratio to the normal end falls towards sqrt(2 l) / 1.645", () => {
    const u = generator(5);
    for (const [count, most] of [
      [4000, 3.5],
      [400_000, 2.3],
    ]) {
      const contributions = Float64Array.from({ length: count }, () => normal(u) / count);
      const { margin, ceiling } = upperEnd(contributions, 3 / count, level);
      expect(margin).toBeGreaterThan(1.645 / Math.sqrt(count));
      expect(margin).toBeLessThan((most * 1.645) / Math.sqrt(count));
      expect(ceiling).toBeGreaterThanOrEqual(contributions.reduce((a, b) => Math.max(a, b)));
    }
  });

  it("is the formula of its docstring", () => {
    const contributions = Float64Array.of(0.1, -0.3, 0.2, 0.25);
    const ceiling = 0.25;
    const l = Math.log((2 * 2 * 3) / level);
    const range = 3 * ceiling;
    const clipped = [0.1, -0.25, 0.2, 0.25];
    const variance = (clipped[0] - clipped[1]) ** 2 + (clipped[2] - clipped[3]) ** 2;
    const deviation = Math.sqrt(variance + (l * range ** 2) / 2) + range * Math.sqrt(l / 2);
    const margin = 0.05 + ceiling * l + Math.sqrt((ceiling * l) ** 2 + 2 * l * deviation ** 2);
    const end = upperEnd(contributions, 0.125, level);
    expect(end.ceiling).toBe(ceiling);
    expect(end.margin).toBeCloseTo(margin, 12);
  });

  it("adds half of the three squared differences at an odd end, and takes the first doubling that fits", () => {
    const marginOf = (variance: number, ceiling: number, doublings: number) => {
      const l = Math.log((2 * (doublings + 1) * (doublings + 2)) / level);
      const deviation = Math.sqrt(variance + (l * 9 * ceiling ** 2) / 2) + 3 * ceiling * Math.sqrt(l / 2);
      return ceiling * l + Math.sqrt((ceiling * l) ** 2 + 2 * l * deviation ** 2);
    };
    const three = upperEnd(Float64Array.of(0.3, -0.1, 0.2), 0.1, level);
    expect(three.ceiling).toBeCloseTo(0.4, 12);
    expect(three.margin).toBeCloseTo(marginOf(0.5 * (0.16 + 0.09 + 0.01), 0.4, 2), 12);
    const five = upperEnd(Float64Array.of(0.5, 0.1, 0.3, -0.1, 0.2), 1, level);
    expect(five.ceiling).toBe(1);
    expect(five.margin).toBeCloseTo(marginOf(0.16 + 0.5 * (0.16 + 0.09 + 0.01), 1, 0), 12);
  });

  it("scales with its unit, never lowers the sum, grows with the level, and moves with nothing but the draws", () => {
    const values = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 2, maxLength: 60 });
    const properties = fc.property(values, fc.integer({ min: -20, max: 20 }), (list, exponent) => {
      const unit = 2 ** exponent;
      const contributions = Float64Array.from(list);
      const { margin, ceiling } = upperEnd(contributions, 1, level);
      const scaled = upperEnd(
        contributions.map((value) => value * unit),
        unit,
        level,
      );
      expect(scaled.margin).toBeCloseTo(margin * unit, 9 - Math.ceil(Math.log10(unit + 1)));
      expect(scaled.ceiling).toBe(ceiling * unit);
      expect(margin).toBeGreaterThanOrEqual(0);
      expect(upperEnd(contributions, 1, level / 10).margin).toBeGreaterThanOrEqual(margin);
      expect(upperEnd(contributions, 2, level).margin).toBeGreaterThanOrEqual(0);
    });
    fc.assert(properties);
  });

  it("refuses a single draw and a level that is none", () => {
    expect(() => upperEnd(Float64Array.of(1), 1, level)).toThrow(/contributions must be at least 2/);
    for (const wrong of [0, 1, -1, Number.NaN]) {
      expect(() => upperEnd(Float64Array.of(1, 2), 1, wrong)).toThrow(/errorProbability must lie in \(0, 1\)/);
    }
  });
});

describe("mean of rows with its end", () => {
  it("is above the law's mean in at least 95 % of 1000 samples of every size, and never below its own", () => {
    for (const { name, mean, draw } of laws) {
      for (const count of [2, 9, 60, 400]) {
        let wrong = 0;
        for (let seed = 0; seed < 500; seed++) {
          const u = generator(seed * 13 + count);
          const rows = Float64Array.from({ length: count }, () => draw(u));
          const found = meanWithEnd(rows, 1 - level);
          if (found.upper < mean) wrong++;
          expect(found.upper).toBeGreaterThanOrEqual(found.mean);
          expect(found.mean).toBeCloseTo(rows.reduce((a, b) => a + b, 0) / count, 9);
        }
        // With nine rows or fewer one in ten is mostly not seen at all: rarer than 3 / count, as the caveat says.
        const seen = name !== "one in ten" || count * mean >= 3;
        expect(wrong, `${name}, ${count}`).toBeLessThanOrEqual(seen ? 500 * level : 500);
      }
    }
  });

  it("takes center and scale from the first eighth and the evidence from the rest", () => {
    const pilot = [1, 3];
    const evidence = [2, 2.5, 4, 1, 0.5, 3, 2, 2, 1.5, 2.5, 3.5, 1, 2, 2];
    const { upper, mean, ceiling } = meanWithEnd(Float64Array.of(...pilot, ...evidence), 0.9);
    const end = upperEnd(
      Float64Array.from(evidence, (value) => (value - 3) / 14),
      2 / 14,
      0.1,
    );
    expect(mean).toBeCloseTo([...pilot, ...evidence].reduce((a, b) => a + b, 0) / 16, 12);
    expect(upper).toBeCloseTo(evidence.reduce((a, b) => a + b, 0) / 14 + end.margin, 12);
    expect(ceiling).toBeCloseTo(2, 12);
  });
});
