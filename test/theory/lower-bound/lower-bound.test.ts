import { beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../../src/kernels/index.js";
import { Purpose } from "../../../src/kernels/purpose.js";
import { uniforms } from "../../../src/kernels/random.js";
import { additive } from "../../../src/theory/lower-bound/additive.js";
import { gaussian } from "../../../src/theory/lower-bound/gaussian.js";
import { histogram } from "../../../src/theory/lower-bound/histogram.js";
import { witnessFamilies } from "../../../src/theory/lower-bound/index.js";
import { klLowerBound } from "../../../src/theory/lower-bound/lower-bound.js";
import { projection } from "../../../src/theory/lower-bound/projection.js";
import type { WitnessFamily } from "../../../src/theory/lower-bound/witness.js";
import { describeEnginesThoroughly, simdEngine } from "../../support/engines.js";
import { gaussianSample } from "../../support/samples.js";

let engine: Engine;
beforeAll(async () => {
  engine = await simdEngine();
});

/** Atoms 0, 1, 2, ... with the given probabilities: binning loses nothing, so the binned KL is known. */
function atoms(rows: number, seed: number, probabilities: readonly number[]): Float32Array {
  return uniforms(engine, rows, { seed, purpose: Purpose.probe }).map((u) => {
    let sum = 0;
    const atom = probabilities.findIndex((probability) => {
      sum += probability;
      return u < sum;
    });
    return atom === -1 ? probabilities.length - 1 : atom;
  });
}
const klOf = (p: readonly number[], q: readonly number[]) =>
  p.reduce((sum, share, i) => sum + (share > 0 ? share * Math.log(share / q[i]) : 0), 0);

/** KL(N(shift, scale^2) || N(0, 1)) of one coordinate. */
const gaussianKlOf = (shift: number, scale: number) => 0.5 * (shift * shift + scale * scale - 1 - 2 * Math.log(scale));

const seeds = 150;
/** 150 draws at 5 % exceed 17 with probability 0.001. */
const mostAbove = 17;

describe("lower bound on KL from samples", () => {
  const near = [0.4, 0.3, 0.2, 0.1];
  const even = [0.25, 0.25, 0.25, 0.25];
  const withRare = [0.9, 0.09, 0.009, 0.001];
  const lessRare = [0.9, 0.09, 0.006, 0.004];
  it.each([
    ["equal laws", even, even, 300, 300],
    ["equal laws with rare atoms", withRare, withRare, 300, 900],
    ["far laws", near, even, 400, 400],
    ["far laws, unequal numbers of rows", near, even, 1000, 150],
    ["rare atoms that Q hardly draws", lessRare, withRare, 700, 500],
  ])("exceeds the KL of binned laws in at most 1 of 20 seeds: %s", (_, p, q, n, m) => {
    let above = 0;
    for (let seed = 0; seed < seeds; seed++) {
      const bound = klLowerBound(engine, atoms(n, 2 * seed, p), atoms(m, 2 * seed + 1, q), 1, { seed });
      expect(bound.value).toBeGreaterThanOrEqual(0);
      if (bound.value > klOf(p, q)) above++;
    }
    expect(above).toBeLessThanOrEqual(mostAbove);
  });

  it.each([
    ["equal", 0, 1],
    ["shifted", 0.4, 1],
    ["narrower", 0, 0.7],
    ["wider", 0.2, 1.6],
  ])(
    "exceeds the KL of Gaussians in two dimensions in at most 1 of 20 seeds, each family alone: %s",
    (_, shift, scale) => {
      const kl = gaussianKlOf(shift, scale) + gaussianKlOf(0, scale);
      for (const family of [histogram, additive, gaussian]) {
        let above = 0;
        for (let seed = 0; seed < 40; seed++) {
          const p = gaussianSample(engine, 400, 2, 2 * seed, { shift, scale });
          const q = gaussianSample(engine, 400, 2, 2 * seed + 1);
          if (klLowerBound(engine, p, q, 2, { seed, families: [family] }).value > kl) above++;
        }
        // 40 draws at 5 % exceed 7 with probability 0.001.
        expect(above).toBeLessThanOrEqual(7);
      }
    },
  );

  it("does what the same numbers cannot without fresh rows: their plug-in KL exceeds 0 for equal laws every time", () => {
    for (let seed = 0; seed < 20; seed++) {
      const [p, q] = [atoms(300, 2 * seed, even), atoms(300, 2 * seed + 1, even)];
      const shares = (points: Float32Array) => even.map((_, atom) => points.filter((x) => x === atom).length / 300);
      expect(klOf(shares(p), shares(q))).toBeGreaterThan(0);
    }
  });

  it("comes near the truth with many rows, by the function that fits the laws", () => {
    const rows = 40_000;
    const shifted = (d: number, shift: number, scale: number) =>
      klLowerBound(
        engine,
        gaussianSample(engine, rows, d, 1, { shift, scale }),
        gaussianSample(engine, rows, d, 2),
        d,
        {
          seed: 3,
        },
      );
    const one = shifted(1, 0.5, 1);
    expect(one.value).toBeGreaterThan(0.85 * gaussianKlOf(0.5, 1));
    expect(one.value).toBeLessThan(gaussianKlOf(0.5, 1));
    expect(one.estimate).toBeGreaterThan(one.value);
    const wide = shifted(16, 0, 0.9);
    expect(wide.value).toBeGreaterThan(0.85 * 16 * gaussianKlOf(0, 0.9));
    expect(wide.value).toBeLessThan(16 * gaussianKlOf(0, 0.9));
    expect(wide.method).toMatch(/Gaussian/);
    expect(wide.bitsPerDimension).toBeCloseTo(wide.value / (16 * Math.LN2), 12);
  });

  it("sums over coordinates where one projection sees 1 / d of a product", () => {
    const d = 16;
    const p = gaussianSample(engine, 20_000, d, 1).map((x) => (Math.abs(x) < 0.6 ? 1.2 * x : x));
    const q = gaussianSample(engine, 20_000, d, 2);
    const alone = (family: typeof additive) => klLowerBound(engine, p, q, d, { seed: 1, families: [family] }).value;
    expect(alone(additive)).toBeGreaterThan(5 * alone(projection));
    expect(alone(additive)).toBeGreaterThan(0.1);
  });

  it("sees dependence that no coordinate shows, by boxes and by fitted Gaussians", () => {
    const rows = 20_000;
    const q = gaussianSample(engine, rows, 2, 2);
    const p = gaussianSample(engine, rows, 2, 1);
    for (let row = 0; row < rows; row++) p[2 * row + 1] = 0.8 * p[2 * row] + 0.6 * p[2 * row + 1];
    const kl = -0.5 * Math.log(1 - 0.64);
    for (const family of [histogram, gaussian, projection]) {
      const { value } = klLowerBound(engine, p, q, 2, { seed: 1, families: [family] });
      expect(value).toBeLessThan(kl);
      expect(value).toBeGreaterThan(0.15 * kl);
    }
    expect(klLowerBound(engine, p, q, 2, { seed: 1, families: [additive] }).value).toBeLessThan(0.01);
  });

  it("is finite for laws that never meet: empty cells are no infinity", () => {
    const p = gaussianSample(engine, 2000, 3, 1, { shift: 100, scale: 0.1 });
    const q = gaussianSample(engine, 2000, 3, 2);
    const { value } = klLowerBound(engine, p, q, 3, { seed: 1 });
    expect(value).toBeGreaterThan(3);
    expect(value).toBeLessThan(20);
  });

  it.each([2 ** -100, 2 ** -60, 2 ** 60, 2 ** 124])("is free of scale: rows times %d", (c) => {
    const [p, q] = [gaussianSample(engine, 400, 2, 1), gaussianSample(engine, 400, 2, 2, { shift: 1 })];
    const of = (scale: number) =>
      klLowerBound(
        engine,
        p.map((value) => value * scale),
        q.map((value) => value * scale),
        2,
        { seed: 1 },
      );
    expect(of(c)).toEqual(of(1));
  });

  it("takes constant coordinates and repeated rows", () => {
    const p = new Float32Array(200).fill(2);
    expect(klLowerBound(engine, p, p, 2, { seed: 1 }).value).toBe(0);
    expect(klLowerBound(engine, p, new Float32Array(200), 2, { seed: 1 }).value).toBeGreaterThan(0.3);
  });

  it("evaluates a function on rows that had no part in its choice", () => {
    const asked: { fit: boolean; points: Float32Array }[] = [];
    const recorded: WitnessFamily = {
      name: "recorded",
      title: "recorded",
      recipes: () => [
        {
          method: "recorded",
          fit(p, q) {
            for (const points of [p, q]) asked.push({ fit: true, points: points.slice() });
            return (points) => {
              asked.push({ fit: false, points: points.slice() });
              return Float64Array.from(points);
            };
          },
        },
      ],
    };
    const [p, q] = [gaussianSample(engine, 200, 1, 1), gaussianSample(engine, 200, 1, 2)];
    klLowerBound(engine, p, q, 1, { seed: 1, families: [recorded] });
    // Last: fitted to all rows of the choice, then asked about the rows of the evaluation, P before Q.
    const evaluation = asked.slice(-2);
    expect(evaluation.map(({ fit }) => fit)).toEqual([false, false]);
    const chosen = new Set(asked.slice(0, -2).flatMap(({ points }) => [...points]));
    const evaluated = new Set(evaluation.flatMap(({ points }) => [...points]));
    expect([chosen.size, evaluated.size]).toEqual([200, 200]);
    expect([...evaluated].filter((row) => chosen.has(row))).toEqual([]);
  });

  it("splits all rows between choosing and evaluating, and repeats itself for a seed", () => {
    const p = gaussianSample(engine, 501, 2, 1, { shift: 2 });
    const q = gaussianSample(engine, 300, 2, 2);
    const bound = klLowerBound(engine, p, q, 2, { seed: 7 });
    expect(bound.rows).toEqual({ choice: 250 + 150, evaluation: 251 + 150 });
    expect(klLowerBound(engine, p, q, 2, { seed: 7 })).toEqual(bound);
    expect(klLowerBound(engine, p, q, 2, { seed: 7, confidence: 0.999 }).value).toBeLessThan(bound.value);
    expect(bound.theorem).toBe("data-processing");
  });

  it("names what is wrong with its arguments", () => {
    const p = gaussianSample(engine, 100, 2, 1);
    expect(() => klLowerBound(engine, p.subarray(0, 20), p, 2, { seed: 1 })).toThrow(/at least 16 rows each, got 10/);
    expect(() => klLowerBound(engine, p, p, 2, { seed: 1, confidence: 1 })).toThrow(
      /confidence must lie in \(0, 0.999999999999\]/,
    );
    expect(() => klLowerBound(engine, p, p, 2, { seed: 1, families: [] })).toThrow(/families must not be empty/);
    expect(() =>
      klLowerBound(engine, p.subarray(0, 50), p.subarray(0, 50), 1, { seed: 1, families: [additive] }),
    ).toThrow(/families must offer a function in dimension 1/);
    const broken = p.slice();
    broken[7] = Number.NaN;
    expect(() => klLowerBound(engine, p, broken, 2, { seed: 1 })).toThrow(/q: row 3, column 1 is NaN/);
  });

  it("has one name for each family", () => {
    expect(new Set(witnessFamilies.map(({ name }) => name)).size).toBe(witnessFamilies.length);
  });
});

describeEnginesThoroughly("lower bound on KL in both builds", (engineOf) => {
  it("finds the same function and nearly the same number", () => {
    const p = gaussianSample(engineOf(), 2000, 3, 1, { shift: 0.8 });
    const q = gaussianSample(engineOf(), 2000, 3, 2);
    const bound = klLowerBound(engineOf(), p, q, 3, { seed: 5 });
    expect(bound.value).toBeGreaterThan(0.15);
    expect(bound.value).toBeLessThan(gaussianKlOf(0.8, 1));
  });
});
