import { levelsOf, type TimeGrid } from "../../src/diffusion/grid.js";
import type { Sampler } from "../../src/diffusion/sampler.js";
import { type SamplerName, samplers } from "../../src/diffusion/samplers/index.js";
import type { NoiseSchedule } from "../../src/diffusion/schedule.js";
import { pathCostOf } from "../../src/theory/certificate/index.js";

export const samplerNames = Object.keys(samplers) as SamplerName[];

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
export const corrected: Sampler = {
  ...samplers["exponential-integrator"],
  name: "corrected",
  coefficients: (...levels) => {
    const c = samplers["exponential-integrator"].coefficients(...levels);
    return { ...c, correction: 0.3 * c.denoised };
  },
};

/** What a sampler does with a denoiser `factor` times the one that it is given. */
export function withScaledDenoiser(sampler: Sampler, factor: number): Sampler {
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
