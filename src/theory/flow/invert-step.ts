import { LuDecomposition } from "../lu.js";
import type { FlowStep } from "./flow-step.js";

/** Newton stops here, in units of 1 + |y|. */
const goal = 1e-13;
/** A residual above it, in units of 1 + |y|, is no solution. */
const mostResidual = 1e-10;
/** The least singular value of DF, at most that is taken for 0. */
const leastSingular = 1e-8;
const mostIterations = 100;
/** A Newton step is halved so often until the residual falls. */
const mostHalvings = 40;

/** What is known of a point x that was found with F(x) = y but for its residual. */
export interface Preimage {
  /** log |det DF(x)|. */
  readonly logDeterminant: number;
  /** |F(x) - y| / (1 + |y|). */
  readonly residual: number;
  /** At least the reciprocal of the smallest singular value of DF(x): the Frobenius norm of the inverse. */
  readonly inverseNorm: number;
  /** A true preimage lies within 2 |DF^-1| |F(x) - y| of x where DF has a Lipschitz constant of at most this nearby (Newton, Kantorovich). */
  readonly lipschitz: number;
}

/** Damped Newton's method for steps in d dimensions, in memory that is used again. */
export class StepInverse {
  readonly #lu: LuDecomposition;
  readonly #step: Float64Array;
  #image: Float64Array;
  #derivative: Float64Array;
  #tried: Float64Array;
  #triedDerivative: Float64Array;
  readonly #trial: Float64Array;

  constructor(dimension: number) {
    this.#lu = new LuDecomposition(dimension);
    const [vector, matrix] = [() => new Float64Array(dimension), () => new Float64Array(dimension * dimension)];
    [this.#step, this.#image, this.#tried, this.#trial] = [vector(), vector(), vector(), vector()];
    [this.#derivative, this.#triedDerivative] = [matrix(), matrix()];
  }

  /**
   * Writes x, float64 [d], with F(x) = y. Newton's method starts at the step's own guess, and at y where that leads nowhere. undefined where it
   * ends at no solution, or at one where DF is singular or turns space inside out: no preimage was found.
   */
  invert(step: FlowStep, y: Float64Array, x: Float64Array): Preimage | undefined {
    step.guess(y, x);
    const found = this.#search(step, y, x);
    if (found) return found;
    x.set(y);
    return this.#search(step, y, x);
  }

  /** Newton's method from x, in place. */
  #search(step: FlowStep, y: Float64Array, x: Float64Array): Preimage | undefined {
    const scale = 1 + norm(y);
    step.apply(x, this.#image, this.#derivative);
    let residual = distance(this.#image, y);
    for (let i = 0; i < mostIterations && residual > goal * scale; i++) {
      const next = this.#improve(step, y, x, residual);
      if (next === undefined) break;
      residual = next;
    }
    // Not the negation: NaN is no solution either.
    if (!(residual <= mostResidual * scale)) return undefined;
    if (!this.#lu.factor(this.#derivative) || this.#lu.sign < 0) return undefined;
    const inverseNorm = this.#lu.inverseNorm();
    if (!(inverseNorm * leastSingular <= 1)) return undefined;
    return {
      logDeterminant: this.#lu.logDeterminant,
      residual: residual / scale,
      inverseNorm,
      lipschitz: 1 / (2 * inverseNorm * inverseNorm * residual),
    };
  }

  /** One damped step: x with a smaller residual, which is returned; undefined where none was found. */
  #improve(step: FlowStep, y: Float64Array, x: Float64Array, residual: number): number | undefined {
    if (!this.#lu.factor(this.#derivative)) return undefined;
    const [newton, trial] = [this.#step, this.#trial];
    for (let i = 0; i < y.length; i++) newton[i] = this.#image[i] - y[i];
    this.#lu.solve(newton);
    // Where rounding is all that is left, halving it only costs time.
    const halvings = residual <= mostResidual * (1 + norm(y)) ? 0 : mostHalvings;
    for (let halving = 0, share = 1; halving <= halvings; halving++, share /= 2) {
      for (let i = 0; i < y.length; i++) trial[i] = x[i] - share * newton[i];
      step.apply(trial, this.#tried, this.#triedDerivative);
      const found = distance(this.#tried, y);
      if (!(found < residual)) continue;
      x.set(trial);
      [this.#image, this.#tried] = [this.#tried, this.#image];
      [this.#derivative, this.#triedDerivative] = [this.#triedDerivative, this.#derivative];
      return found;
    }
    return undefined;
  }
}

/** |x|. */
export function norm(x: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < x.length; i++) squares += x[i] * x[i];
  return Math.sqrt(squares);
}

/** |x - y|. */
export function distance(x: Float64Array, y: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < x.length; i++) squares += (x[i] - y[i]) ** 2;
  return Math.sqrt(squares);
}
