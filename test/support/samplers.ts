import type { Sampler } from "../../src/diffusion/sampler.js";
import { type SamplerName, samplers } from "../../src/diffusion/samplers/index.js";
import { pathCostOf } from "../../src/theory/certificate/index.js";

export const samplerNames = Object.keys(samplers) as SamplerName[];

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
