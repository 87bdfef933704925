import type { Denoiser } from "../../src/diffusion/denoiser.js";
import { type DenoiseFunction, denoiserFromFunction } from "../../src/diffusion/function-denoiser.js";
import type { NoiseLevel } from "../../src/diffusion/schedule.js";

/** The exact denoiser of N(mean, variance I), computed in float64: E[X_0 | x] = (alpha s2 x + sigma^2 mean) / (alpha^2 s2 + sigma^2). */
export function exactGaussian(dimension: number, variance: number, mean = 0): Denoiser {
  return linearDenoiser(dimension, ({ alpha, sigma }) => {
    const v = alpha * alpha * variance + sigma * sigma;
    return [(alpha * variance) / v, (sigma * sigma * mean) / v];
  });
}

/** The denoiser slope x + offset in each coordinate, and its Jacobian. */
export function linearDenoiser(
  dimension: number,
  lineAt: (level: NoiseLevel) => readonly [slope: number, offset: number],
): Denoiser {
  const denoise: DenoiseFunction = (x, _batch, level, out) => {
    const [slope, offset] = lineAt(level);
    for (let i = 0; i < x.length; i++) out[i] = slope * x[i] + offset;
  };
  return denoiserFromFunction(dimension, denoise, (x, tangents, batch, level, out, products) => {
    denoise(x, batch, level, out);
    const [slope] = lineAt(level);
    for (let i = 0; i < x.length; i++) products[i] = slope * tangents[i];
  });
}

/** The exact denoiser of N(0, diag(variances)), and its Jacobian. */
export function diagonalGaussian(variances: readonly number[]): Denoiser {
  const d = variances.length;
  const scale = (values: Float32Array, { alpha, sigma }: NoiseLevel, out: Float32Array) => {
    const slopes = variances.map((variance) => (alpha * variance) / (alpha * alpha * variance + sigma * sigma));
    for (let i = 0; i < values.length; i++) out[i] = slopes[i % d] * values[i];
  };
  return denoiserFromFunction(
    d,
    (x, _batch, level, out) => scale(x, level, out),
    (x, tangents, _batch, level, out, products) => {
      scale(x, level, out);
      scale(tangents, level, products);
    },
  );
}
