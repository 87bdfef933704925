import { describe, expect, test } from "vitest";
import { type DenoiseFunction, denoiserFromFunction } from "../../src/diffusion/function-denoiser.js";
import { levelsOf } from "../../src/diffusion/grid.js";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { effectiveCount, systematicAncestors } from "../../src/diffusion/particle-weights.js";
import { sample } from "../../src/diffusion/sample.js";
import { type SampleGivenOptions, sampleGiven } from "../../src/diffusion/sample-given.js";
import { ancestral } from "../../src/diffusion/samplers/ancestral.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { describeEngines, simdEngine } from "../support/engines.js";

const schedule = createSchedule({ kind: "vp-cosine", tMin: 0.005, tMax: 0.995 });
const gridOf = (steps: number) => createGrid({ kind: "uniform-log-snr", steps }, schedule);

/** N(0, C) in the plane, both variances 1 and covariance rho: E[X_0 | x_t] = alpha C (alpha^2 C + sigma^2)^-1 x. */
const gaussian =
  (rho: number): DenoiseFunction =>
  (x, batch, { alpha, sigma }, out) => {
    const [diagonal, off] = [alpha * alpha + sigma * sigma, alpha * alpha * rho];
    const factor = alpha / (diagonal * diagonal - off * off);
    const [own, other] = [factor * (diagonal - rho * off), factor * (rho * diagonal - off)];
    for (let at = 0; at < 2 * batch; at += 2) {
      out[at] = own * x[at] + other * x[at + 1];
      out[at + 1] = own * x[at + 1] + other * x[at];
    }
  };

/** Half N((1, 1), v I), half N((-1, -1), v I). */
const variance = 0.2;
const mixture: DenoiseFunction = (x, batch, { alpha, sigma }, out) => {
  const total = alpha * alpha * variance + sigma * sigma;
  const shrink = (alpha * variance) / total;
  for (let at = 0; at < 2 * batch; at += 2) {
    const mean = Math.tanh((alpha * (x[at] + x[at + 1])) / total);
    for (const place of [at, at + 1]) out[place] = shrink * x[place] + (1 - shrink * alpha) * mean;
  }
};

/** What is drawn beside a first coordinate that is given. */
function drawn(denoise: DenoiseFunction, first: number, rows: number, choice: Partial<SampleGivenOptions>) {
  const points = Float32Array.from({ length: 2 * rows }, (_, at) => (at % 2 === 0 ? first : Number.NaN));
  const options = { denoiser: denoiserFromFunction(2, denoise), schedule, grid: gridOf(32), seed: 1, particles: 16 };
  const given = Uint8Array.from(points, (value) => Number(!Number.isNaN(value)));
  const all = sampleGiven(engine, { ...options, points, given, ...choice });
  return all.filter((_, at) => at % 2 === 1);
}

const engine = await simdEngine();
const meanOf = (values: Float32Array) => values.reduce((a, b) => a + b) / values.length;
const varianceOf = (values: Float32Array) => meanOf(values.map((value) => (value - meanOf(values)) ** 2));

describe("the law of what is drawn", () => {
  // Given 1.5: mean 0.8 * 1.5 = 1.2, variance 1 - 0.8^2 = 0.36; the mean of 600 rows has deviation 0.6 / sqrt(600) = 0.025.
  const noise = 4 * 0.025;

  test("of a Gaussian tends to the conditional one with the particles", () => {
    const [alone, four, many] = [1, 4, 32].map((particles) => drawn(gaussian(0.8), 1.5, 600, { particles }));
    expect(1.2 - meanOf(alone)).toBeGreaterThan(0.4);
    expect(1.2 - meanOf(four)).toBeGreaterThan(0.05);
    expect(1.2 - meanOf(four)).toBeLessThan(0.3);
    expect(Math.abs(meanOf(many) - 1.2)).toBeLessThan(0.02 + noise);
    // The steps of `ancestral` take too little variance, by a part that falls with their length: 24 % of it with 32 steps.
    expect(varianceOf(many)).toBeGreaterThan(0.36 * 0.76 * (1 - 4 * Math.sqrt(2 / 600)));
    expect(varianceOf(many)).toBeLessThan(0.36 * (1 + 4 * Math.sqrt(2 / 600)));
  });

  test("has variance nearer to the conditional one with more steps, and with the errors of the denoiser", () => {
    // Cov(X_0 | x_t) has the eigenvalues v sigma^2 / (alpha^2 v + sigma^2), v those of the covariance, 1.8 and 0.2.
    const errors = levelsOf(schedule, gridOf(16))
      .slice(0, -1)
      .map(({ alpha, sigma }) => [1.8, 0.2].map((v) => (v * sigma ** 2) / (alpha ** 2 * v + sigma ** 2)))
      .map(([a, b]) => (a + b) / 2);
    const grids = [gridOf(16), gridOf(64), { ...gridOf(16), errors: Float64Array.from(errors) }];
    const [few, many, known] = grids.map((grid) => varianceOf(drawn(gaussian(0.8), 1.5, 600, { grid })));
    const noise = 4 * 0.36 * Math.sqrt(2 / 600);
    expect(few).toBeLessThan(0.36 * 0.6 + noise);
    expect(many).toBeGreaterThan(few + 0.05);
    expect(many).toBeLessThan(0.36 + noise);
    // All directions get the variance that they have on average, so that the narrower one gets too much: by a quarter here.
    expect(known).toBeGreaterThan(0.36 - noise);
    expect(known).toBeLessThan(0.36 * 1.25 + noise);
  });

  test("of a mixture has the modes' weights given what is given", () => {
    // The weight of (1, 1) given the first coordinate y is 1 / (1 + exp(-2 y / variance)).
    const y = 0.08;
    const weight = 1 / (1 + Math.exp((-2 * y) / variance));
    const share = (particles: number) =>
      drawn(mixture, y, 600, { particles }).reduce((sum, value) => sum + Number(value > 0), 0) / 600;
    expect(Math.abs(share(16) - weight)).toBeLessThan(0.02 + 4 * Math.sqrt((weight * (1 - weight)) / 600));
    const sure = drawn(mixture, 1, 300, {}).reduce((sum, value) => sum + Number(value > 0), 0) / 300;
    expect(sure).toBeGreaterThan(0.97);
    expect(drawn(mixture, 1, 300, { particles: 1 }).some((value) => value < 0)).toBe(true);
  });
});

describeEngines("sampleGiven", (engineOf) => {
  const options = (rows: number) => ({
    denoiser: denoiserFromFunction(2, gaussian(0.8)),
    ...{ schedule, grid: gridOf(6), seed: 3, particles: 5 },
    points: Float32Array.from({ length: 2 * rows }, (_, at) => Math.fround(at / 7 - 1)),
    given: Uint8Array.from({ length: 2 * rows }, (_, at) => Number(at % 3 === 0)),
  });

  test("gives back what is given, and draws the rest", () => {
    const { points, given } = options(9);
    const rows = sampleGiven(engineOf(), options(9));
    for (const [at, flag] of given.entries()) expect(rows[at] === points[at]).toBe(flag === 1);
  });

  test("draws a row whatever rows are beside it", () => {
    const { points, given, ...others } = options(700);
    const whole = sampleGiven(engineOf(), options(700));
    const part = { points: points.slice(2 * 300), given: given.slice(2 * 300), firstRow: 300 };
    expect(sampleGiven(engineOf(), { ...others, ...part })).toEqual(whole.slice(2 * 300));
  });

  test.each([false, true])("is `sample` where nothing is given, denoised last: %s", (denoiseLast) => {
    const { denoiser, grid, seed } = options(1);
    const common = { denoiser, schedule, grid, seed, denoiseLast };
    const free = { points: new Float32Array(2 * 20), given: new Uint8Array(2 * 20), particles: 1 };
    const expected = sample(engineOf(), { ...common, sampler: ancestral, count: 20 });
    expect(sampleGiven(engineOf(), { ...common, ...free })).toEqual(expected);
  });

  test("stops at a signal, and names what is not finite", () => {
    const stopped = () => sampleGiven(engineOf(), { ...options(1), signal: AbortSignal.abort() });
    expect(stopped).toThrow(expect.objectContaining({ code: "FEDSCORE_ABORTED" }));
    const denoiser = denoiserFromFunction(2, (_x, _batch, _level, out) => void out.fill(Number.NaN));
    expect(() => sampleGiven(engineOf(), { ...options(1), denoiser, firstRow: 4 })).toThrow(
      "sample 20 is not finite after step 1 of 6",
    );
  });

  test.each<[Partial<SampleGivenOptions>, string]>([
    [{ particles: 0 }, "particles must be an integer in [1, 1000], got 0"],
    [{ points: new Float32Array(3) }, "points must have rows of 2 numbers, got 3"],
    [{ points: new Float32Array(0) }, "points must have rows of 2 numbers, got 0"],
    [{ given: new Uint8Array(3) }, "given must have 2 entries, got 3"],
    [{ given: Uint8Array.of(0, 2) }, "given[1] must be 0 or 1, got 2"],
    [{ points: Float32Array.of(Number.NaN, 0) }, "points[0] must be finite, got NaN"],
    [{ firstRow: -1 }, "firstRow must be an integer"],
  ])("names what is wrong: %o", (wrong, message) => {
    expect(() => sampleGiven(engineOf(), { ...options(1), ...wrong })).toThrow(message);
  });
});

describe("weights", () => {
  test("that are equal keep every particle", () => {
    const equal = Float64Array.of(0.25, 0.25, 0.25, 0.25);
    expect(effectiveCount(equal)).toBe(4);
    expect([...systematicAncestors(equal, 0.5)]).toEqual([0, 1, 2, 3]);
  });

  test("take each particle its share of the times, rounded down or up", () => {
    const shares = Float64Array.of(0.1, 0.55, 0, 0.35);
    for (const uniform of [0.01, 0.3, 0.5, 0.79, 0.99]) {
      const ancestors = systematicAncestors(shares, uniform);
      for (const [each, share] of shares.entries()) {
        const times = ancestors.filter((ancestor) => ancestor === each).length;
        expect(Math.abs(times - 4 * share)).toBeLessThan(1);
      }
    }
  });
});
