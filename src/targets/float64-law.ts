import type { JacobianDenoiser, LevelDenoiser } from "../diffusion/jacobian-denoiser.js";
import type { NoiseLevel } from "../diffusion/schedule.js";
import { type Engine, portableMath } from "../kernels/index.js";
import type { AffineMap } from "./affine-map.js";

/** A data law whose X_t = alpha X_0 + sigma Z has density and exact denoiser in float64. */
export interface Float64Law extends JacobianDenoiser {
  at(engine: Engine, level: NoiseLevel): LevelLaw;
}

/**
 * The law of X_t at one noise level, and the exact denoiser there. The denoiser's Jacobian J = (alpha / sigma^2) Cov(X_0 | X_t = x) is symmetric and
 * positive semi-definite.
 */
export interface LevelLaw extends LevelDenoiser {
  /** log q_t(x) in nats, x float64 [d]. No point is held any more. */
  logDensity(x: Float64Array): number;
  /** Writes J v at the point that is held, v and J v float64 [d]. */
  product(v: Float64Array, product: Float64Array): void;
  /** At least the largest eigenvalue of J at the point that is held, in closed form. */
  steepest(): number;
}

/**
 * The law of (X - shift) / scale. Its noised point x gives scale x + alpha shift, which is alpha X + (scale sigma) Z: the law of X at
 * (alpha, scale sigma) is asked.
 */
export function mappedFloat64(law: Float64Law, { shift, scale }: AffineMap): Float64Law {
  const { dimension } = law;
  return {
    dimension,
    at(engine, { t, alpha, sigma, logSnr }) {
      const logScale = portableMath(engine).log(scale);
      const base = law.at(engine, { t, alpha, sigma: sigma * scale, logSnr: logSnr - 2 * logScale });
      const original = new Float64Array(dimension);
      const moveBack = (x: Float64Array) => {
        for (let j = 0; j < dimension; j++) original[j] = scale * x[j] + alpha * shift[j];
        return original;
      };
      return {
        denoise(x, denoised) {
          base.denoise(moveBack(x), denoised);
          for (let j = 0; j < dimension; j++) denoised[j] = (denoised[j] - shift[j]) / scale;
        },
        // The derivative of x0hat((x - shift) / scale) by x: the two scales cancel.
        jacobian: (jacobian) => base.jacobian(jacobian),
        product: (v, product) => base.product(v, product),
        steepest: () => base.steepest(),
        logDensity: (x) => base.logDensity(moveBack(x)) + dimension * logScale,
      };
    },
  };
}
