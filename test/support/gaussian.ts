import type { Denoiser } from "../../src/diffusion/denoiser.js";
import { denoiserFromFunction } from "../../src/diffusion/function-denoiser.js";

/** The exact denoiser of N(mean, variance I), computed in float64: E[X_0 | x] = (alpha s2 x + sigma^2 mean) / (alpha^2 s2 + sigma^2). */
export function exactGaussian(dimension: number, variance: number, mean = 0): Denoiser {
  return denoiserFromFunction(dimension, (x, _batch, { alpha, sigma }, out) => {
    const v = alpha * alpha * variance + sigma * sigma;
    for (let i = 0; i < x.length; i++) out[i] = (alpha * variance * x[i] + sigma * sigma * mean) / v;
  });
}
