/** What the sampling workloads solve: the reverse SDE of the VP process of Song et al. by Euler-Maruyama, and its probability flow. */
import { createGrid, createSchedule, levelsOf, noiseFeatures, samplers } from "../../dist/entries/diffusion.js";
import { featureCount } from "./inputs.mjs";

export const sampler = samplers["euler-maruyama"];
export const schedule = createSchedule({ kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 0.001 });
export const gridOf = (steps) => createGrid({ kind: "uniform", steps }, schedule);

/** Log snr from end to end in equal steps, as solvers of the probability flow take them. */
export const flowGridOf = (steps) => createGrid({ kind: "uniform-log-snr", steps }, schedule);

/** Evaluations of the network that a solver takes, as plain numbers: see `flowSampling` in CONTRACT.md. */
export function flowParams(engine, { solver, steps: count, ...params }) {
  const levels = levelsOf(schedule, flowGridOf(count));
  const evaluations = levels.slice(1).flatMap((to, k) => {
    const from = levels[k];
    return evaluationsOf(samplers[solver], { from, to, before: levels[k - 1], index: k, count });
  });
  return {
    ...params,
    solver,
    steps: count,
    evaluations: evaluations.map(({ level: { alpha, sigma }, x, denoised, previous }) => {
      return { x, denoised, previous, alpha, sigma };
    }),
    features: evaluations.map(({ level }) => featuresOf(engine, level)),
  };
}

/** A corrected step is two: y = x^, then y + correction (x0hat(y) - x0hat(x)). */
function evaluationsOf(solver, step) {
  const { from, to } = step;
  const c = solver.parts ? solver.parts(step)[0].coefficients : solver.coefficients(from, to, schedule);
  const first = { level: from, x: c.x, denoised: c.denoised, previous: c.previous ?? 0 };
  if (c.correction === undefined) return [first];
  return [first, { level: to, x: 1, denoised: c.correction, previous: -c.correction }];
}

const featuresOf = (engine, { logSnr }) => Array.from(noiseFeatures(engine, Float64Array.of(logSnr), featureCount));

/** The same run as plain numbers, for libraries that know no schedules: see `sampling` in CONTRACT.md. */
export function samplingParams(engine, { steps: count, ...params }) {
  const levels = levelsOf(schedule, gridOf(count));
  const steps = levels.slice(1).map((to, k) => {
    const { alpha, sigma } = levels[k];
    const c = sampler.coefficients(levels[k], to, schedule);
    return { x: c.x + c.denoised / alpha, eps: (-c.denoised * sigma) / alpha, noise: c.noise };
  });
  const features = levels.slice(0, -1).map((level) => featuresOf(engine, level));
  return { ...params, steps, features };
}
