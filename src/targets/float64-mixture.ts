import { allEqual } from "../data/all-equal.js";
import type { NoiseLevel } from "../diffusion/schedule.js";
import { type Engine, portableMath } from "../kernels/index.js";
import type { Float64Law, LevelLaw } from "./float64-law.js";
import type { GaussianMixture } from "./mixture.js";

/** Responsibilities below it change no digit of float64. */
const negligible = 1e-40;

/**
 * A mixture in float64, and with `copies` the product of that many independent vectors of it. With S_k = alpha^2 v_k + sigma^2, gains
 * g_k = alpha v_k / S_k, responsibilities r_k and mu_k = m_k + g_k (x - alpha m_k)
 *
 *     x0hat = sum_k r_k mu_k,   J = sum_k r_k (g_k I + (alpha / sigma^2) (mu_k - x0hat)(mu_k - x0hat)^T):
 *
 * J = (alpha / sigma^2) Cov(X_0 | X_t = x), symmetric and positive semi-definite. No eigenvalue exceeds sum_k r_k (g_k + (alpha / sigma^2) |mu_k -
 * x0hat|^2), with the largest of the copies; in one dimension it is J itself.
 */
export function mixtureFloat64(mixture: GaussianMixture, copies: number): Float64Law {
  // All levels share it: a data set of many rows has many levels.
  let shared: Components | undefined;
  return {
    dimension: copies * mixture.dimension,
    at(engine, level) {
      shared ??= {
        means: Float64Array.from(mixture.means),
        copies,
        logWeights: Float64Array.from(mixture.weights, portableMath(engine).log),
        responsibilities: new Float64Array(copies * mixture.weights.length),
      };
      return new MixtureLevel(engine, mixture, shared, level);
    },
  };
}

/** A mixture in float64, and scratch [copies, components]. */
interface Components {
  /** [components, width]. */
  readonly means: Float64Array;
  readonly logWeights: Float64Array;
  readonly responsibilities: Float64Array;
  readonly copies: number;
}

/** A mixture at a noise level, or the product of copies of it. */
export class MixtureLevel implements LevelLaw {
  readonly #exp: (x: number) => number;
  readonly #log: (x: number) => number;
  readonly #width: number;
  readonly #components: Components;
  readonly #alpha: number;
  /** alpha / sigma^2. */
  readonly #pull: number;
  /** S_k and g_k of each component. */
  readonly #marginals: Float64Array;
  readonly #gains: Float64Array;
  readonly #logVolumes: Float64Array;
  /** The point that is held and its x0hat, [copies, width]. */
  readonly #point: Float64Array;
  readonly #center: Float64Array;
  /** mu_k - x0hat, [width]. */
  readonly #offset: Float64Array;

  constructor(engine: Engine, mixture: GaussianMixture, components: Components, { alpha, sigma }: NoiseLevel) {
    const { exp, log } = portableMath(engine);
    [this.#exp, this.#log] = [exp, log];
    const { dimension: width, variances } = mixture;
    this.#width = width;
    this.#components = components;
    this.#alpha = alpha;
    this.#pull = alpha / (sigma * sigma);
    // One number for all where the variances are alike: levels of a data set would not fit in memory.
    const alike = allEqual(variances);
    const different = Float64Array.from(alike ? [variances[0]] : Array.from(variances));
    this.#marginals = different.map((value) => alpha * alpha * value + sigma * sigma);
    this.#gains = different.map((value, k) => (alpha * value) / this.#marginals[k]);
    this.#logVolumes = this.#marginals.map((value) => 0.5 * width * log(2 * Math.PI * value));
    const room = () => new Float64Array(components.copies * width);
    [this.#point, this.#center, this.#offset] = [room(), room(), new Float64Array(width)];
  }

  denoise(x: Float64Array, denoised: Float64Array): void {
    const { copies, responsibilities, logWeights, means } = this.#components;
    const [width, count, center] = [this.#width, logWeights.length, this.#center];
    this.#point.set(x);
    center.fill(0);
    for (let copy = 0; copy < copies; copy++) {
      const { sum } = this.#weigh(x, copy);
      for (let k = 0; k < count; k++) {
        const r = responsibilities[copy * count + k] / sum;
        responsibilities[copy * count + k] = r < negligible ? 0 : r;
        if (r < negligible) continue;
        const gain = this.#gains[this.#kindOf(k)];
        for (let j = 0; j < width; j++) {
          const m = means[k * width + j];
          center[copy * width + j] += r * (m + gain * (x[copy * width + j] - this.#alpha * m));
        }
      }
    }
    denoised.set(center);
  }

  jacobian(jacobian: Float64Array): void {
    const [width, offset, pull] = [this.#width, this.#offset, this.#pull];
    const d = this.#components.copies * width;
    jacobian.fill(0);
    this.#each((copy, r, gain) => {
      for (let i = 0; i < width; i++) {
        const row = (copy * width + i) * d + copy * width;
        const share = r * pull * offset[i];
        for (let j = 0; j < width; j++) jacobian[row + j] += share * offset[j];
        jacobian[row + i] += r * gain;
      }
    });
  }

  product(v: Float64Array, product: Float64Array): void {
    const [width, offset, pull] = [this.#width, this.#offset, this.#pull];
    product.fill(0);
    this.#each((copy, r, gain) => {
      const start = copy * width;
      let along = 0;
      for (let j = 0; j < width; j++) along += offset[j] * v[start + j];
      const share = r * pull * along;
      for (let j = 0; j < width; j++) product[start + j] += share * offset[j] + r * gain * v[start + j];
    });
  }

  steepest(): number {
    const [offset, pull] = [this.#offset, this.#pull];
    let [most, current, sum] = [0, 0, 0];
    this.#each((copy, r, gain) => {
      if (copy !== current) [current, sum] = [copy, 0];
      let square = 0;
      for (let j = 0; j < offset.length; j++) square += offset[j] * offset[j];
      sum += r * (gain + pull * square);
      most = Math.max(most, sum);
    });
    return most;
  }

  logDensity(x: Float64Array): number {
    let total = 0;
    for (let copy = 0; copy < this.#components.copies; copy++) {
      const { most, sum } = this.#weigh(x, copy);
      total += most + this.#log(sum);
    }
    return total;
  }

  /** Visits the components that matter at the point that is held, copy by copy, with mu_k - x0hat in `#offset`. */
  #each(visit: (copy: number, responsibility: number, gain: number) => void): void {
    const { copies, responsibilities, logWeights, means } = this.#components;
    const [width, count, offset, point, center] = [
      this.#width,
      logWeights.length,
      this.#offset,
      this.#point,
      this.#center,
    ];
    for (let copy = 0; copy < copies; copy++) {
      for (let k = 0; k < count; k++) {
        const r = responsibilities[copy * count + k];
        if (r === 0) continue;
        const gain = this.#gains[this.#kindOf(k)];
        for (let j = 0; j < width; j++) {
          const m = means[k * width + j];
          const at = copy * width + j;
          offset[j] = m + gain * (point[at] - this.#alpha * m) - center[at];
        }
        visit(copy, r, gain);
      }
    }
  }

  /** Fills the responsibilities of a copy, not yet divided by their sum, which is returned with the exponent taken out of them. */
  #weigh(x: Float64Array, copy: number): { readonly most: number; readonly sum: number } {
    const { responsibilities, logWeights, means } = this.#components;
    const [width, count, exp] = [this.#width, logWeights.length, this.#exp];
    const start = copy * count;
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < count; k++) {
      let square = 0;
      for (let j = 0; j < width; j++) {
        const offset = x[copy * width + j] - this.#alpha * means[k * width + j];
        square += offset * offset;
      }
      const kind = this.#kindOf(k);
      const logit = logWeights[k] - this.#logVolumes[kind] - square / (2 * this.#marginals[kind]);
      responsibilities[start + k] = logit;
      if (logit > most) most = logit;
    }
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const share = exp(responsibilities[start + k] - most);
      responsibilities[start + k] = share;
      sum += share;
    }
    return { most, sum };
  }

  #kindOf(k: number): number {
    return this.#gains.length === 1 ? 0 : k;
  }
}
