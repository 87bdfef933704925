import { levelsOf, type TimeGrid } from "../../diffusion/grid.js";
import { requireStepSampler, type Sampler } from "../../diffusion/sampler.js";
import type { NoiseSchedule } from "../../diffusion/schedule.js";
import { type Engine, Purpose, portableMath, words } from "../../kernels/index.js";
import type { Float64Law, LevelLaw } from "../../targets/float64-law.js";
import { type InversionQuality, logPrior } from "./flow.js";
import { LogDeterminant, type Probe } from "./log-determinant.js";
import { MonotoneInverse, type MonotoneStep } from "./monotone-inverse.js";

/** Independent estimates of a determinant, whose mean is taken: about as much work as to invert the step. */
const probes = 4;

/** A sampler of one evaluation a step, without noise and correction, with a law's own denoiser. */
export interface MonotoneProblem {
  readonly schedule: NoiseSchedule;
  readonly grid: TimeGrid;
  readonly sampler: Sampler;
  readonly law: Float64Law;
  readonly seed: number;
}

/**
 * The inverse of a deterministic sampler whose steps are gradients of strongly convex functions, in float64, without a Jacobian written down: its
 * log-determinants are estimated without bias.
 */
export class MonotoneFlow {
  readonly dimension: number;
  /** z of the last `inverse`, float64 [d], overwritten by the next one. */
  readonly point: Float64Array;
  readonly #engine: Engine;
  readonly #seed: number;
  readonly #steps: readonly MonotoneStep[];
  readonly #end: LevelLaw;
  readonly #inverse: MonotoneInverse;
  readonly #determinant: LogDeterminant;
  readonly #next: Float64Array;
  readonly #signs: Float64Array;

  constructor(engine: Engine, { schedule, grid, sampler, law, seed }: MonotoneProblem) {
    const { dimension } = law;
    this.dimension = dimension;
    this.#engine = engine;
    this.#seed = seed;
    const oneMove = requireStepSampler(sampler, "a change of variables");
    const levels = levelsOf(schedule, grid);
    const laws = levels.map((level) => law.at(engine, level));
    this.#steps = levels.slice(1).map((to, k) => {
      const { x: cx, denoised: c0 } = oneMove.coefficients(levels[k], to, schedule);
      return { cx, c0, law: laws[k] };
    });
    this.#end = laws[laws.length - 1];
    this.#inverse = new MonotoneInverse(dimension);
    this.#determinant = new LogDeterminant(dimension, portableMath(engine).log);
    const vector = () => new Float64Array(dimension);
    [this.point, this.#next, this.#signs] = [vector(), vector(), vector()];
  }

  /**
   * An unbiased estimate of log p_theta(y) in nats, a function of y, the seed and the number of the row; z is left in `point`. undefined where
   * rounding keeps a step from being inverted. `quality` is made worse where this inversion is.
   */
  inverse(y: Float64Array, quality: InversionQuality, row: number): number | undefined {
    this.point.set(y);
    this.#end.denoise(y, this.#inverse.denoised);
    let logDeterminant = 0;
    for (let k = this.#steps.length - 1; k >= 0; k--) {
      const step = this.#steps[k];
      const [y, x, { denoised }] = [this.point, this.#next, this.#inverse];
      for (let i = 0; i < x.length; i++) x[i] = (y[i] - step.c0 * denoised[i]) / step.cx;
      const residual = this.#inverse.solve(step, y, x);
      if (residual === undefined) return undefined;
      for (let i = 0; i < probes; i++) {
        const probe = this.#probe(row * probes + i, k);
        logDeterminant += this.#determinant.estimate(step.law, step.cx, step.c0, probe) / probes;
      }
      this.point.set(x);
      quality.residual = Math.max(quality.residual, residual);
      quality.inverseNorm = Math.max(quality.inverseNorm, 1 / step.cx);
    }
    const logDensity = logPrior(this.point) - logDeterminant;
    return Number.isFinite(logDensity) ? logDensity : undefined;
  }

  /** A bit for each sign, and two words. */
  #probe(number: number, step: number): Probe {
    const signs = this.#signs;
    const each = Math.ceil(signs.length / 32) + 2;
    const key = { seed: this.#seed, purpose: Purpose.certificateNoise, client: 8, step } as const;
    const drawn = words(this.#engine, each, key, number * each);
    for (let j = 0; j < signs.length; j++) signs[j] = (drawn[2 + (j >>> 5)] >>> (j & 31)) & 1 ? 1 : -1;
    return { signs, uniform: (drawn[0] + (drawn[1] + 0.5) / 2 ** 32) / 2 ** 32 };
  }
}
