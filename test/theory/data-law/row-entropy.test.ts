// @module-tag slow
import { beforeAll, describe, expect, it } from "vitest";
import { levelOfLogSnr } from "../../../src/diffusion/schedule.js";
import type { Engine } from "../../../src/kernels/index.js";
import { createLaw, type LawSpec } from "../../../src/targets/law.js";
import { noiseEntropy } from "../../../src/theory/coding-costs.js";
import { entropyDeviation, rowEntropy } from "../../../src/theory/data-law/row-entropy.js";
import { noisedSample } from "../../../src/theory/measured/noised-sample.js";
import { RunningMoments } from "../../../src/theory/running-moments.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { simdEngine } from "../../support/engines.js";
import { entropyOf, noised, numbersOf, randomMixture, rowsOfMixture } from "../../support/line-laws.js";
import { isThorough, tries } from "../../support/thorough.js";

let engine: Engine;
let pool: InThreadPool;
beforeAll(async () => {
  engine = await simdEngine();
  pool = new InThreadPool(engine);
});

/** log snr of a sigma / alpha. */
const logSnrOf = (noise: number) => -2 * Math.log(noise);

/** Both laws have variance 1 per coordinate, as after `standardize`. */
const ring8: LawSpec = { of: { kind: "ring" }, affine: { shift: new Float64Array(2), scale: Math.sqrt(8.09) } };
const mix1: LawSpec = {
  of: { kind: "product", dimension: 1, means: [-1.5, 0.5], weights: [0.25, 0.75], variances: [0.09, 0.09] },
  affine: { shift: new Float64Array(1), scale: Math.sqrt(0.84) },
};

/** Mean of -log q_t over `draws` draws of X_t from a law, less the entropy of the noise: for the law itself I(X_0; X_t). */
function codedInformation(law: LawSpec, from: LawSpec, noise: number, draws: number, seed: number): number {
  const level = levelOfLogSnr(logSnrOf(noise), 0);
  const target = createLaw(law);
  const x = noisedSample(engine, createLaw(from), level, draws, seed);
  const log = target.marginalLogDensity?.(engine, x, level) ?? new Float64Array();
  return -log.reduce((sum, value) => sum + value, 0) / draws - noiseEntropy(target.dimension, level);
}

/** E KL(qhat || q) over sets of n rows, what the rows do not show, and its standard error. */
async function slackOf(law: LawSpec, noise: number, rows: number, sets: number) {
  const { dimension } = createLaw(law);
  const logSnr = [logSnrOf(noise)];
  const moments = new RunningMoments();
  for (let set = 0; set < sets; set++) {
    const { points } = createLaw(law).sample(engine, rows, 100 + set);
    const [found] = await rowEntropy(pool, { rows: { points, dimension }, logSnr, seed: set }, { draws: 10_000 });
    const shown = found.entropy - noiseEntropy(dimension, { logSnr: logSnr[0] });
    const empirical: LawSpec = { of: { kind: "empirical", points, dimension } };
    moments.add(codedInformation(law, empirical, noise, 40_000, 5000 + set) - shown);
  }
  return { slack: moments.mean, error: moments.standardError };
}

describe("entropy of a law from its rows", () => {
  // Measured by another implementation, one set of rows each: information, slack at 100, 1,000 and 10,000 rows.
  it.each<[string, LawSpec, number, number, readonly (readonly [number, number, number])[]]>([
    [
      "ring8",
      ring8,
      0.01,
      6.8,
      [
        [100, 2.36, 40],
        [1000, 0.679, 12],
        [10_000, 0.104, 3],
      ],
    ],
    [
      "ring8",
      ring8,
      0.03,
      4.67,
      [
        [100, 0.783, 40],
        [1000, 0.112, 12],
        [10_000, 0.02, 3],
      ],
    ],
    [
      "ring8",
      ring8,
      0.1,
      2.83,
      [
        [100, 0.155, 40],
        [1000, 0.0142, 12],
        [10_000, 0.0014, 3],
      ],
    ],
    [
      "mix1",
      mix1,
      0.01,
      4.05,
      [
        [100, 0.37, 40],
        [1000, 0.05, 12],
        [10_000, 0.0064, 3],
      ],
    ],
  ])(
    "%s: what n rows leave out of the information: sigma / alpha case %#",
    async (_, law, noise, information, table) => {
      expect(Math.abs(codedInformation(law, law, noise, tries(200_000, 400_000), 999) - information)).toBeLessThan(
        0.01,
      );
      for (const [rows, expected, sets] of isThorough ? table : table.slice(0, 2)) {
        const { slack, error } = await slackOf(law, noise, rows, sets);
        // One set of rows in the other implementation: h(qhat) of one set has a deviation of about 0.85 / sqrt(n) for both laws.
        expect(Math.abs(slack - expected)).toBeLessThan(3 * Math.hypot(error, 0.85 / Math.sqrt(rows)));
      }
    },
    120_000,
  );

  // Plain Python, float64, means over 300 and 20 sets of 300 draws: standard errors 0.0038 and 0.0035.
  it.each([
    [100, 40, 0.4468, 0.0038],
    [1000, 12, 0.0572, 0.0035],
  ])("mix1: the mean over sets of %d rows is that of another implementation", async (rows, sets, expected, theirs) => {
    const { slack, error } = await slackOf(mix1, 0.01, rows, sets);
    expect(Math.abs(slack - expected)).toBeLessThan(3.5 * Math.hypot(error, theirs));
  });

  it("has the deviation of McDiarmid's inequality", () => {
    expect(entropyDeviation(100, 0.05)).toBeCloseTo(0.686, 3);
    expect(entropyDeviation(1000, 0.05)).toBeCloseTo(0.306, 3);
    expect(entropyDeviation(10_000, 0.05)).toBeCloseTo(0.125, 3);
    expect(entropyDeviation(100_000, 0.05)).toBeCloseTo(0.048, 3);
  });

  it("holds in random cases, at all levels at once", async () => {
    let above = 0;
    const cases = tries(100, 300);
    for (let seed = 0; seed < cases; seed++) {
      const next = numbersOf(seed);
      const law = randomMixture(next);
      const rows = Math.floor(20 * 50 ** next());
      const noises = [0.05, 0.3, 1].map((noise) => noise * (0.5 + next()));
      const points = rowsOfMixture(engine, law, rows, seed);
      const found = await rowEntropy(
        pool,
        { rows: { points, dimension: 1 }, logSnr: noises.map(logSnrOf), seed },
        { confidence: 0.5, draws: 64 },
      );
      const gaps = found.map(({ lower, logSnr }) => {
        const { alpha, sigma } = levelOfLogSnr(logSnr, 0);
        return entropyOf(noised(law, alpha, sigma)) - lower;
      });
      if (gaps.some((gap) => gap < 0)) above++;
    }
    // The deviation is that of the worst law: at 50 % confidence none of these comes near it.
    expect(above).toBeLessThanOrEqual(cases / 20);
  });

  it("certifies at most log n nats of information, and none of equal rows", async () => {
    const points = rowsOfMixture(engine, { means: [0], weights: [1], variances: [1] }, 500, 1);
    const logSnr = [30, 4];
    const options = { confidence: 0.5 };
    const [fine, coarse] = await rowEntropy(pool, { rows: { points, dimension: 1 }, logSnr, seed: 1 }, options);
    expect(fine.information).toBeLessThan(Math.log(500) - entropyDeviation(500, 0.125) + 1e-6);
    expect(fine.information).toBeGreaterThan(Math.log(500) - entropyDeviation(500, 0.125) - 0.1);
    expect(coarse.information).toBeLessThan(fine.information);
    const equal = { points: new Float32Array(100).fill(3), dimension: 1 };
    const [none] = await rowEntropy(pool, { rows: equal, logSnr: [2], seed: 1 });
    expect(none.information).toBe(0);
    expect(none.lower).toBeCloseTo(noiseEntropy(1, { logSnr: 2 }), 12);
    expect(none.entropy).toBeCloseTo(none.lower, 5);
  });

  it("is the same wherever the origin is", async () => {
    const points = rowsOfMixture(engine, { means: [0], weights: [1], variances: [1] }, 300, 2);
    const of = (shift: number) =>
      rowEntropy(pool, {
        rows: { points: points.map((value) => value + shift), dimension: 1 },
        logSnr: [3],
        seed: 4,
      });
    const [here] = await of(0);
    const [far] = await of(64);
    expect(Math.abs(here.lower - far.lower)).toBeLessThan(1e-4);
  });

  it("tells how far it is, and stops when it is told to", async () => {
    const rows = { points: new Float32Array(100).map((_, i) => Math.sin(i)), dimension: 2 };
    const seen: number[] = [];
    await rowEntropy(
      pool,
      { rows, logSnr: [0, 2], seed: 1 },
      { draws: 1000, onAdvance: (done, of) => seen.push(done / of) },
    );
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    const signal = AbortSignal.abort();
    await expect(rowEntropy(pool, { rows, logSnr: [0], seed: 1 }, { signal })).rejects.toThrow(/abort/);
  });

  it("names what is wrong with its arguments", async () => {
    const rows = { points: new Float32Array(10), dimension: 2 };
    const request = { rows, logSnr: [0], seed: 1 };
    await expect(rowEntropy(pool, { ...request, logSnr: [] })).rejects.toThrow(/logSnr.length must be/);
    await expect(rowEntropy(pool, { ...request, rows: { points: new Float32Array(3), dimension: 2 } })).rejects.toThrow(
      /rows.points.length \/ dimension must be/,
    );
    await expect(rowEntropy(pool, request, { confidence: 1 - 1e-10 })).rejects.toThrow(
      /confidence must lie in \(0, 0.999999999\]/,
    );
  });
});
