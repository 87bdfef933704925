import { dot } from "../../data/dot.js";
import type { LevelLaw } from "../../targets/float64-law.js";

/** Products that are always made, two terms of the series each. */
const sureProducts = 4;

/** What an estimate is made of: all of it independent of the point. */
export interface Probe {
  /** Independent signs, float64 [d]. */
  readonly signs: Float64Array;
  /** Uniform on (0, 1): how far the series goes. */
  readonly uniform: number;
}

/** Estimates of log-determinants of positive definite matrices in d dimensions, in memory that is used again. */
export class LogDeterminant {
  readonly #log: (x: number) => number;
  readonly #power: Float64Array;
  readonly #product: Float64Array;

  /** @param log the natural logarithm. */
  constructor(dimension: number, log: (x: number) => number) {
    this.#log = log;
    [this.#power, this.#product] = [new Float64Array(dimension), new Float64Array(dimension)];
  }

  /**
   * An unbiased estimate of log det(c_x I + c_0 J), c_x, c_0 > 0, at the point that the law holds, where J has its eigenvalues in [0, j]. With
   * c = c_x + c_0 j / 2 and E = (c_0 / c) (J - j / 2), |E| <= q = c_0 j / (2 c) < 1,
   *
   *     log det(c_x I + c_0 J) = d log c + sum_i (-1)^(i+1) tr E^i / i,   tr E^i = E v^T E^i v
   *
   * for a vector v of signs. With w_m = E^m v, terms 2m - 1 and 2m are w_(m-1) w_m and w_m w_m. The first products are always made; each further
   * one with probability p = max(q, 1/2)^2, its terms divided by the probability of having come so far (Chen et al., arXiv 1906.02735). As p >= q^2,
   * terms stay below d / i.
   */
  estimate(law: LevelLaw, cx: number, c0: number, { signs, uniform }: Probe): number {
    const [power, product] = [this.#power, this.#product];
    const half = 0.5 * c0 * law.steepest();
    const c = cx + half;
    const survival = Math.max(half / c, 0.5) ** 2;
    power.set(signs);
    let sum = signs.length * this.#log(c);
    for (let m = 1, reached = 1; m <= sureProducts || uniform < reached; m++) {
      law.product(power, product);
      for (let i = 0; i < product.length; i++) product[i] = (c0 * product[i] - half * power[i]) / c;
      sum += (dot(power, product) / (2 * m - 1) - dot(product, product) / (2 * m)) / reached;
      power.set(product);
      if (m >= sureProducts) reached *= survival;
    }
    return sum;
  }
}
