/** The reverse SDE that the sampling workload solves: Euler-Maruyama on 100 steps of the VP process of Song et al. */
import { createGrid, createSchedule, levelsOf, noiseFeatures, samplers } from "../../dist/entries/diffusion.js";
import { featureCount } from "./inputs.mjs";

export const sampler = samplers["euler-maruyama"];
export const schedule = createSchedule({ kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 0.001 });
export const gridOf = (steps) => createGrid({ kind: "uniform", steps }, schedule);

/** The same run as plain numbers, for libraries that know no schedules: see `sampling` in CONTRACT.md. */
export function samplingParams(engine, { steps: count, ...params }) {
  const levels = levelsOf(schedule, gridOf(count));
  const steps = levels.slice(1).map((to, k) => {
    const { alpha, sigma } = levels[k];
    const c = sampler.coefficients(levels[k], to, schedule);
    return { x: c.x + c.denoised / alpha, eps: (-c.denoised * sigma) / alpha, noise: c.noise };
  });
  const features = levels.slice(0, -1).map(({ logSnr }) => {
    return Array.from(noiseFeatures(engine, Float64Array.of(logSnr), featureCount));
  });
  return { ...params, steps, features };
}
