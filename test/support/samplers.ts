import { type GaussianLawOptions, gaussianLaw } from "../../src/diffusion/gaussian-law.js";
import { levelsOf, type TimeGrid } from "../../src/diffusion/grid.js";
import { isFlowSampler, requireStepSampler, type Sampler, type StepSampler } from "../../src/diffusion/sampler.js";
import { createSampler, type SamplerName, type SamplerSpec, samplers } from "../../src/diffusion/samplers/index.js";
import type { NoiseLevel, NoiseSchedule } from "../../src/diffusion/schedule.js";
import { pathCostOf } from "../../src/theory/certificate/index.js";

export const samplerNames = Object.keys(samplers) as SamplerName[];

/** Settings that are not the default ones. */
const settled: readonly SamplerSpec[] = [
  { kind: "ddim", eta: 0.6 },
  { kind: "ddim", eta: 1 },
  { kind: "heun", churn: 12, churnMin: 0.05, churnMax: 20 },
  { kind: "heun", churn: 20, churnNoise: 1 },
  { kind: "predictor-corrector", snr: 1.2, steps: 3 },
  { kind: "rk45", rtol: 1e-4, atol: 1e-6 },
];

/** Every sampler of the index, and those with settings with others than the default ones, named by them. */
export const everySampler: readonly Sampler[] = [
  ...Object.values(samplers),
  ...settled.map((spec) => ({ ...createSampler(spec), name: JSON.stringify(spec) })),
];

/** Those whose steps are the grid's, so that their law has a recursion. */
export const everySteppingSampler = everySampler.filter((sampler) => !isFlowSampler(sampler));

/** The law of a sampler's output with the exact denoiser of N(mean, variance): by its recursion, or of the flow itself for those that follow it within a tolerance. */
export function outputLaw(options: GaussianLawOptions): { readonly mean: number; readonly variance: number } {
  const { schedule, grid, sampler, variance, mean = 0 } = options;
  if (!isFlowSampler(sampler)) {
    const law = gaussianLaw(options);
    return { mean: law.mean[law.mean.length - 1], variance: law.variance[law.variance.length - 1] };
  }
  // The flow keeps (x - alpha mean) / sqrt(alpha^2 variance + sigma^2).
  const levels = levelsOf(schedule, grid);
  const [first, last] = [levels[0], levels[levels.length - 1]];
  const deviation = ({ alpha, sigma }: NoiseLevel) => Math.hypot(alpha * Math.sqrt(variance), sigma);
  const scale = deviation(last) / deviation(first);
  return { mean: last.alpha * mean - scale * first.alpha * mean, variance: scale * scale };
}

/** A sampler whose steps are one move each. */
export function stepSampler(name: SamplerName): StepSampler {
  return requireStepSampler(samplers[name], "a test");
}

/** The grid with the mean square errors of the exact denoiser of N(0, diag(variances)). */
export function withErrors(grid: TimeGrid, schedule: NoiseSchedule, ...variances: number[]): TimeGrid {
  const errors = Float64Array.from(levelsOf(schedule, grid).slice(0, -1), ({ logSnr }) => {
    const mmse = variances.map((variance) => variance / (1 + Math.exp(logSnr) * variance));
    return mmse.reduce((sum, value) => sum + value, 0) / variances.length;
  });
  return { ...grid, errors };
}

/** The grid with the errors of its steps once for each coordinate. */
export function inCoordinates(grid: TimeGrid, dimension: number): TimeGrid {
  const { errors = new Float64Array() } = grid;
  const repeated = Float64Array.from(
    { length: errors.length * dimension },
    (_, at) => errors[Math.floor(at / dimension)],
  );
  return { ...grid, errors: repeated };
}

/** Samplers with a certificate, by the certificates' own index. */
export const certifiedSamplers = samplerNames.filter((name) => pathCostOf(name) !== undefined);

/** A sampler with noise, a second evaluation of the denoiser and no other virtue. */
export const corrected: StepSampler = {
  ...samplers["exponential-integrator"],
  name: "corrected",
  evaluations: 2,
  coefficients: (...levels) => {
    const c = samplers["exponential-integrator"].coefficients(...levels);
    return { ...c, correction: 0.3 * c.denoised };
  },
};

/** What a sampler does with a denoiser `factor` times the one that it is given. */
export function withScaledDenoiser(given: Sampler, factor: number): Sampler {
  const sampler = requireStepSampler(given, "a test");
  return {
    ...sampler,
    coefficients: (...levels) => {
      const { curvature, ...c } = sampler.coefficients(...levels);
      const scaled = { ...c, denoised: c.denoised * factor };
      if (curvature?.kind === "diagonal") return { ...scaled, curvature };
      return curvature ? { ...scaled, curvature: { ...curvature, jacobian: curvature.jacobian * factor } } : scaled;
    },
  };
}
