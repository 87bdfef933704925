import { dot } from "../../data/dot.js";
import { levelsOf, type TimeGrid } from "../../diffusion/grid.js";
import type { JacobianDenoiser, LevelDenoiser } from "../../diffusion/jacobian-denoiser.js";
import { requireStepSampler, type Sampler } from "../../diffusion/sampler.js";
import type { NoiseSchedule } from "../../diffusion/schedule.js";
import { type Engine, portableMath } from "../../kernels/index.js";
import { LuDecomposition } from "../lu.js";
import { FlowStep, type StepScratch, stepScratch } from "./flow-step.js";
import { StepInverse } from "./invert-step.js";
import { distance, norm } from "./vectors.js";

/** A deterministic sampler with its denoiser. */
export interface FlowProblem {
  readonly schedule: NoiseSchedule;
  readonly grid: TimeGrid;
  readonly sampler: Sampler;
  readonly denoiser: JacobianDenoiser;
}

/** What the worst inversion of many was like; see Preimage. */
export interface InversionQuality {
  /** Largest |F(x) - y| / (1 + |y|). */
  residual: number;
  /** Largest norm of DF^-1. */
  inverseNorm: number;
  /** Least Lipschitz constant of DF up to which every preimage is proved. */
  lipschitz: number;
}

/** How far inverse and forward pass of one point may differ, relative to 1 + |z| and in nats: more is another branch. */
const sameBranch = 1e-6;

/**
 * The map z -> x_N of a deterministic sampler in float64, forwards and backwards, with the density of its output. With prior N(0, I) the branch through
 * z has at y = F(z) the density
 *
 *     p_b(y) = N(z; 0, I) / |det DF(z)|,   log |det DF| the sum over the steps.
 */
export class Flow {
  readonly dimension: number;
  /** z of the last `inverse`, y of the last `forward`: float64 [d], overwritten by the next one. */
  readonly point: Float64Array;
  readonly #steps: readonly FlowStep[];
  readonly #end: LevelDenoiser;
  readonly #scratch: StepScratch;
  readonly #inverse: StepInverse;
  readonly #lu: LuDecomposition;
  readonly #next: Float64Array;
  readonly #derivative: Float64Array;

  constructor(engine: Engine, { schedule, grid, sampler, denoiser }: FlowProblem) {
    const { dimension } = denoiser;
    this.dimension = dimension;
    this.#scratch = stepScratch(dimension);
    const oneMove = requireStepSampler(sampler, "a change of variables");
    const levels = levelsOf(schedule, grid);
    const denoisers = levels.map((level) => denoiser.at(engine, level));
    this.#steps = levels.slice(1).map((to, k) => {
      const coefficients = oneMove.coefficients(levels[k], to, schedule);
      return new FlowStep(coefficients, denoisers[k], denoisers[k + 1], this.#scratch);
    });
    this.#end = denoisers[denoisers.length - 1];
    const { log } = portableMath(engine);
    this.#inverse = new StepInverse(dimension, log);
    this.#lu = new LuDecomposition(dimension, log);
    [this.point, this.#next] = [new Float64Array(dimension), new Float64Array(dimension)];
    this.#derivative = new Float64Array(dimension * dimension);
  }

  /** log p_b(y) in nats at y = F(z), which is left in `point`; undefined where a step is singular or not finite. */
  forward(z: Float64Array): number | undefined {
    this.point.set(z);
    let logDensity = logPrior(z);
    for (const step of this.#steps) {
      step.image(this.point, this.#next);
      step.derivative(this.point, this.#derivative);
      this.point.set(this.#next);
      if (!this.#lu.factor(this.#derivative)) return undefined;
      logDensity -= this.#lu.logDeterminant;
    }
    return Number.isFinite(logDensity) && this.point.every(Number.isFinite) ? logDensity : undefined;
  }

  /**
   * log p_b(y) in nats of the branch that Newton's method finds, a function of y alone, whose z is left in `point`; undefined where a step has no
   * preimage. `quality` is made worse where this inversion is.
   */
  inverse(y: Float64Array, quality: InversionQuality): number | undefined {
    this.point.set(y);
    this.#end.denoise(y, this.#scratch.denoised);
    this.#end.jacobian(this.#scratch.jacobian);
    let logDeterminant = 0;
    for (let k = this.#steps.length - 1; k >= 0; k--) {
      const found = this.#inverse.invert(this.#steps[k], this.point, this.#next);
      if (!found) return undefined;
      this.point.set(this.#next);
      logDeterminant += found.logDeterminant;
      quality.residual = Math.max(quality.residual, found.residual);
      quality.inverseNorm = Math.max(quality.inverseNorm, found.inverseNorm);
      quality.lipschitz = Math.min(quality.lipschitz, found.lipschitz);
    }
    const logDensity = logPrior(this.point) - logDeterminant;
    return Number.isFinite(logDensity) ? logDensity : undefined;
  }

  /** Whether the inverse of y, which came from z with log p_b(y) = `logDensity`, is z again. */
  returns(y: Float64Array, z: Float64Array, logDensity: number, quality: InversionQuality): boolean {
    const back = this.inverse(y, quality);
    if (back === undefined) return false;
    return Math.abs(back - logDensity) <= sameBranch && distance(this.point, z) <= sameBranch * (1 + norm(z));
  }
}

/** The quality of no inversion. */
export function perfectQuality(): InversionQuality {
  return { residual: 0, inverseNorm: 0, lipschitz: Number.POSITIVE_INFINITY };
}

/** log(2 pi), the same in every JavaScript engine. */
const log2Pi = 1.8378770664093453;

/** log N(z; 0, I). */
export function logPrior(z: Float64Array): number {
  return -0.5 * (dot(z, z) + z.length * log2Pi);
}
