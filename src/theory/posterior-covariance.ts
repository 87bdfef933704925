import type { NoiseLevel } from "../diffusion/schedule.js";

/**
 * Cov(X_0 | X_t) = (sigma^2 / alpha) J from the Jacobian of the exact denoiser, both float64 [d, d] row-major; made symmetric, as J is but for
 * rounding.
 */
export function posteriorCovariance(jacobian: Float64Array, { alpha, sigma }: NoiseLevel, d: number): Float64Array {
  const scale = (0.5 * sigma * sigma) / alpha;
  return jacobian.map((value, at) => scale * (value + jacobian[(at % d) * d + Math.floor(at / d)]));
}
