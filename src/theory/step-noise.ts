import { type Curvature, mostRootDimensions, noiseFactor } from "../diffusion/curvature.js";
import type { SamplerName } from "../diffusion/samplers/index.js";
import { FedscoreError } from "../errors.js";
import { LuDecomposition } from "./lu.js";

/** Largest dimension where whole covariances are evaluated: d products and d^3 operations a row. */
const mostCurvedDimensions = 64;

/** Largest dimension in which samplers can be certified that need whole covariances: of `full-covariance` that in which it samples. */
export const mostDimensions: { readonly [Name in SamplerName]?: number } = {
  jvp: mostCurvedDimensions,
  "full-covariance": mostRootDimensions,
};

/** Throws FEDSCORE_UNSUPPORTED where a sampler's covariances are too large to evaluate. */
export function requireCovariances(sampler: string, dimension: number): void {
  const limits: { readonly [name: string]: number | undefined } = mostDimensions;
  const most = limits[sampler] ?? mostCurvedDimensions;
  if (dimension <= most) return;
  const message = `sampler ${sampler} cannot be certified in ${dimension} dimensions: its covariances take as many Jacobian-vector products a step, at most ${most}`;
  throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { sampler, dimension });
}

/** The matrix F that a step multiplies its standard normals with, by its factors, one row after another in the same memory. */
export class StepNoise {
  readonly #d: number;
  readonly #lu: LuDecomposition;
  /** Of a diagonal F. */
  #factors: Float64Array | undefined;

  constructor(dimension: number) {
    this.#d = dimension;
    this.#lu = new LuDecomposition(dimension);
  }

  /**
   * Takes F of a row, from the denoiser's Jacobian there, float64 [d, d].
   * @throws FedscoreError FEDSCORE_NON_FINITE where F is singular or not finite: the step has no density.
   */
  take(curvature: Curvature, jacobian: Float64Array): void {
    this.#factors = curvature.kind === "diagonal" ? curvature.factors : undefined;
    if (this.#factors) return;
    if (this.#lu.factor(noiseFactor(curvature, jacobian, this.#d))) return;
    const message = "the noise of a step is singular or not finite at a row, where the path KL is infinite";
    throw new FedscoreError("FEDSCORE_NON_FINITE", message, { jacobian: Array.from(jacobian) });
  }

  /** log |det F|. */
  get logDeterminant(): number {
    if (this.#factors) return this.#factors.reduce((sum, factor) => sum + Math.log(factor), 0);
    return this.#lu.logDeterminant;
  }

  /** At least |F^-1|: in no direction the noise is less than its reciprocal. */
  get inverseNorm(): number {
    if (this.#factors)
      return 1 / this.#factors.reduce((least, factor) => Math.min(least, factor), Number.POSITIVE_INFINITY);
    return this.#lu.inverseNorm();
  }

  /** |F^-1 b|^2; b, float64 [d], may be overwritten. */
  whitened(b: Float64Array): number {
    const factors = this.#factors;
    if (factors) return b.reduce((sum, value, j) => sum + (value / factors[j]) ** 2, 0);
    this.#lu.solve(b);
    return b.reduce((sum, value) => sum + value * value, 0);
  }
}
