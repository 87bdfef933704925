// @module-tag slow
import { describe, expect, it } from "vitest";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { samplers } from "../../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { requireExact } from "../../../src/theory/certificate/unit-task.js";
import { simdEngine } from "../../support/engines.js";
import { intervalHere } from "../../support/interval.js";
import { standardizedMix } from "../../support/standardized-mix.js";

const engine = await simdEngine();
const schedule = createSchedule({ kind: "vp-linear" });
const target = standardizedMix(1);
const { denoiser } = requireExact(target);

const intervalOf = (steps: number, k: number, proposal: "forward" | "tilted", rows: number) => {
  const grid = createGrid({ kind: "uniform-log-snr", steps }, schedule);
  const problem = { schedule, grid, sampler: samplers.ancestral, target, denoiser, seed: 11 };
  return intervalHere(engine, problem, { rows, k, proposal });
};

/** Steps, proposal, K; B_K and its standard error as measured by an independent implementation; rows here. */
const measured = [
  [20, "tilted", 1, 0.2802, 0.012, 4096],
  [20, "tilted", 8, 0.081, 0.0034, 4096],
  [20, "tilted", 64, 0.0589, 0.0026, 1024],
  [100, "forward", 1, 0.3547, 0.0078, 4096],
  [100, "forward", 8, 0.05, 0.0012, 2048],
  [100, "tilted", 1, 0.0324, 0.0015, 2048],
] as const;

/** KL(q_delta || p_theta) by its density in one dimension. */
const exact = { 20: 0.056522, 100: 0.0021158 } as const;

describe("interval of a mixture of two, ancestral sampler, grid uniform in log snr", () => {
  it("has the upper estimates that were measured elsewhere, and both ends around the exact KL", async () => {
    for (const [steps, proposal, k, value, error, rows] of measured) {
      const { estimates, high, low, stray } = await intervalOf(steps, k, proposal, rows);
      const name = `${steps} steps, ${k} ${proposal}`;
      // The high end lies about 2.6 standard errors of the first part above its estimate.
      const own = (high - stray.upper - (estimates.high - stray.value)) / 2.5;
      expect(Math.abs(estimates.high - value), name).toBeLessThan(3 * Math.hypot(own, error));
      expect(low, name).toBeLessThan(exact[steps]);
      expect(high, name).toBeGreaterThan(exact[steps]);
    }
  }, 60_000);

  it("is narrow with many paths: both ends within a factor of 1.5 of the exact KL", async () => {
    const { low, high } = await intervalOf(20, 64, "tilted", 4096);
    expect(low).toBeGreaterThan(exact[20] / 1.5);
    expect(high).toBeLessThan(1.5 * exact[20]);
  }, 60_000);
});
