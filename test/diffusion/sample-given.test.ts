import { expect, test } from "vitest";
import { denoiserFromFunction } from "../../src/diffusion/function-denoiser.js";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { type SampleGivenOptions, sampleGiven } from "../../src/diffusion/sample-given.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { simdEngine } from "../support/engines.js";

const engine = await simdEngine();
const schedule = createSchedule({ kind: "vp-cosine", tMin: 0.005, tMax: 0.995 });
const grid = (steps: number) => createGrid({ kind: "uniform-log-snr", steps }, schedule);

/** N(0, C) in the plane, both variances 1: E[X_0 | x_t] = alpha C (alpha^2 C + sigma^2)^-1 x. */
const correlated = (rho: number) =>
  denoiserFromFunction(2, (x, batch, { alpha, sigma }, out) => {
    const a2 = alpha * alpha;
    const [diagonal, off] = [a2 + sigma * sigma, a2 * rho];
    const determinant = diagonal * diagonal - off * off;
    const own = (alpha * (diagonal - rho * off)) / determinant;
    const other = (alpha * (rho * diagonal - off)) / determinant;
    for (let at = 0; at < 2 * batch; at += 2) {
      out[at] = own * x[at] + other * x[at + 1];
      out[at + 1] = own * x[at + 1] + other * x[at];
    }
  });
const rho = 0.8;
const gaussian = (rows: number, choice: Partial<SampleGivenOptions>) => {
  const drawn = sampleGiven(engine, {
    denoiser: correlated(rho), schedule, grid: grid(32), seed: 1,
    points: new Float32Array(2 * rows).fill(1.5), given: Uint8Array.from({ length: 2 * rows }, (_, at) => 1 - (at % 2)),
    particles: 16, ...choice });
  const free = drawn.filter((_, at) => at % 2 === 1);
  const mean = free.reduce((a, b) => a + b) / rows;
  return { drawn, mean, deviation: Math.sqrt(free.reduce((sum, v) => sum + (v - mean) ** 2, 0) / rows) };
};

test("x", () => {
  for (const steps of [16, 32, 64, 128]) for (const particles of [1, 2, 4, 8, 16, 32, 64]) {
    const { mean, deviation } = gaussian(2000, { particles, grid: grid(steps) });
    console.log(steps, particles, mean.toFixed(3), deviation.toFixed(3));
  }
});
