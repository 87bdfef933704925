import { dot } from "../../data/dot.js";
import { LuDecomposition } from "../lu.js";
import type { FlowStep } from "./flow-step.js";
import { addScaled, distance, norm } from "./vectors.js";

/** Newton stops here, in units of 1 + |y|. */
const goal = 1e-13;
/** A residual above it, in units of 1 + |y|, is no solution. */
const mostResidual = 1e-10;
/** The least singular value of DF, at most that is taken for 0. */
const leastSingular = 1e-8;
const mostIterations = 100;
/** Steps without a new Jacobian, each of which must take the residual below this share of the one before. */
const mostUpdates = 16;
const leastProgress = 0.5;
/** They go on to here, in units of 1 + |y|, or to where rounding ends them: one evaluation each is all they cost. */
const roundingGoal = 1e-15;
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
  #tried: Float64Array;
  readonly #derivative: Float64Array;
  readonly #start: Float64Array;
  readonly #trial: Float64Array;
  readonly #moves: readonly Float64Array[];

  /** @param log the natural logarithm. */
  constructor(dimension: number, log: (x: number) => number) {
    this.#lu = new LuDecomposition(dimension, log);
    const vector = () => new Float64Array(dimension);
    [this.#step, this.#image, this.#tried, this.#start, this.#trial] = [
      vector(),
      vector(),
      vector(),
      vector(),
      vector(),
    ];
    this.#derivative = new Float64Array(dimension * dimension);
    this.#moves = Array.from({ length: mostUpdates + 1 }, vector);
  }

  /**
   * Writes x, float64 [d], with F(x) = y. Looked for from the step's own guess, with the Jacobian that the path has there, then by Newton's
   * method, from y too where that leads nowhere. undefined where it ends at no solution, or at one where DF is singular or turns space inside
   * out: no preimage was found.
   */
  invert(step: FlowStep, y: Float64Array, x: Float64Array): Preimage | undefined {
    step.guess(y, x);
    this.#start.set(x);
    step.guessDerivative(this.#derivative);
    const found = this.#follow(step, y, x);
    if (found) return found;
    for (const start of [this.#start, y]) {
      x.set(start);
      const solved = this.#search(step, y, x);
      if (solved) return solved;
    }
    return undefined;
  }

  /**
   * Broyden's method from x, in place, with the derivative that was guessed: no Jacobian is computed but that of the solution. undefined where it
   * falters. With B the guess, its steps are s_{n+1} = z / (1 - s_n z / |s_n|^2), where z is -B^-1 (F(x) - y), to which each step s_j before
   * the last adds s_{j+1} (s_j z) / |s_j|^2 (Kelley, Solving Nonlinear Equations with Newton's Method, 2003, 4).
   */
  #follow(step: FlowStep, y: Float64Array, x: Float64Array): Preimage | undefined {
    if (!this.#lu.factor(this.#derivative)) return undefined;
    const [moves, scale] = [this.#moves, 1 + norm(y)];
    let residual = this.#evaluate(step, y, x);
    for (let n = 0; n <= mostUpdates && residual > roundingGoal * scale; n++) {
      const move = moves[n];
      for (let i = 0; i < x.length; i++) move[i] = y[i] - this.#image[i];
      this.#lu.solve(move);
      for (let j = 0; j + 1 < n; j++) addScaled(move, dot(moves[j], move) / dot(moves[j], moves[j]), moves[j + 1]);
      if (n > 0) {
        const last = moves[n - 1];
        const share = 1 / (1 - dot(last, move) / dot(last, last));
        for (let i = 0; i < x.length; i++) move[i] *= share;
      }
      addScaled(x, 1, move);
      const next = this.#evaluate(step, y, x);
      const progress = next <= leastProgress * residual;
      residual = next;
      if (!progress) break;
    }
    // Not the negation: NaN is no solution either.
    if (!(residual <= goal * scale)) return undefined;
    step.derivative(x, this.#derivative);
    return this.#accepted(residual, scale);
  }

  /** |F(x) - y|, with F(x) in #image. */
  #evaluate(step: FlowStep, y: Float64Array, x: Float64Array): number {
    step.image(x, this.#image);
    return distance(this.#image, y);
  }

  /** Newton's method from x, in place. */
  #search(step: FlowStep, y: Float64Array, x: Float64Array): Preimage | undefined {
    const scale = 1 + norm(y);
    let residual = this.#evaluate(step, y, x);
    step.derivative(x, this.#derivative);
    for (let i = 0; i < mostIterations && residual > goal * scale; i++) {
      const next = this.#improve(step, y, x, residual);
      if (next === undefined) {
        // The last point that was tried is none: what is left for the step before is that of x.
        residual = this.#evaluate(step, y, x);
        break;
      }
      residual = next;
      step.derivative(x, this.#derivative);
    }
    return this.#accepted(residual, scale);
  }

  /** What is known of a point with that residual, where DF is #derivative; undefined where it is no preimage. */
  #accepted(residual: number, scale: number): Preimage | undefined {
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
      step.image(trial, this.#tried);
      const found = distance(this.#tried, y);
      if (!(found < residual)) continue;
      x.set(trial);
      [this.#image, this.#tried] = [this.#tried, this.#image];
      return found;
    }
    return undefined;
  }
}
