import { dot } from "../../data/dot.js";
import type { LevelLaw } from "../../targets/float64-law.js";
import { addScaled, norm } from "./vectors.js";

/** Newton's method stops here, in units of 1 + |y|. */
const goal = 1e-13;
/** A residual above it, in units of 1 + |y|, is no solution. */
const mostResidual = 1e-10;
const mostIterations = 100;
/** A step is halved so often until the residual falls. */
const mostHalvings = 40;
/** A step is solved for to this share of the residual at most, and to the residual's own size, which keeps Newton's order. */
const mostForcing = 0.1;

/** A step x -> c_x x + c_0 x0hat(x) of an exact denoiser, c_x, c_0 > 0: its derivative is symmetric and at least c_x I, so it has one inverse. */
export interface MonotoneStep {
  readonly cx: number;
  readonly c0: number;
  readonly law: LevelLaw;
}

/** Newton's method for monotone steps in d dimensions, its linear equations by conjugate gradients: no matrix is written down. */
export class MonotoneInverse {
  /** x0hat where the last inverse was found, float64 [d]. */
  readonly denoised: Float64Array;
  readonly #residual: Float64Array;
  readonly #move: Float64Array;
  readonly #trial: Float64Array;
  readonly #error: Float64Array;
  readonly #direction: Float64Array;
  readonly #product: Float64Array;

  constructor(dimension: number) {
    const vector = () => new Float64Array(dimension);
    [this.denoised, this.#residual, this.#move, this.#trial] = [vector(), vector(), vector(), vector()];
    [this.#error, this.#direction, this.#product] = [vector(), vector(), vector()];
  }

  /**
   * Makes x, float64 [d], where the search begins, the solution of c_x x + c_0 x0hat(x) = y, at which the law then holds its point: |F(x) - y| /
   * (1 + |y|), or undefined where rounding keeps it from being small. The solution itself lies within |F(x) - y| / c_x of x.
   */
  solve(step: MonotoneStep, y: Float64Array, x: Float64Array): number | undefined {
    const scale = 1 + norm(y);
    let size = this.#evaluate(step, x, y);
    for (let i = 0; i < mostIterations && size > goal * scale; i++) {
      this.#newton(step, size * Math.min(mostForcing, size / scale));
      const next = this.#descend(step, y, x, size);
      if (next === undefined) {
        size = this.#evaluate(step, x, y);
        break;
      }
      size = next;
    }
    // Not the negation: NaN is no solution either.
    return size <= mostResidual * scale ? size / scale : undefined;
  }

  /** Moves x, halving until the residual falls, to the new one; undefined where it never does. */
  #descend(step: MonotoneStep, y: Float64Array, x: Float64Array, size: number): number | undefined {
    const trial = this.#trial;
    for (let halving = 0, share = 1; halving <= mostHalvings; halving++, share /= 2) {
      trial.set(x);
      addScaled(trial, -share, this.#move);
      const found = this.#evaluate(step, trial, y);
      if (found < size) {
        x.set(trial);
        return found;
      }
    }
    return undefined;
  }

  /** |F(x) - y|, with F(x) - y in #residual. */
  #evaluate({ cx, c0, law }: MonotoneStep, x: Float64Array, y: Float64Array): number {
    const [denoised, residual] = [this.denoised, this.#residual];
    law.denoise(x, denoised);
    for (let i = 0; i < x.length; i++) residual[i] = cx * x[i] + c0 * denoised[i] - y[i];
    return norm(residual);
  }

  /** #move = DF^-1 (F - y) to a remaining error of `tolerance`, by conjugate gradients. */
  #newton({ cx, c0, law }: MonotoneStep, tolerance: number): void {
    const [move, error, direction, product] = [this.#move, this.#error, this.#direction, this.#product];
    move.fill(0);
    error.set(this.#residual);
    direction.set(error);
    let square = dot(error, error);
    for (let i = 0; i < 2 * move.length && Math.sqrt(square) > tolerance; i++) {
      law.product(direction, product);
      for (let j = 0; j < product.length; j++) product[j] = cx * direction[j] + c0 * product[j];
      const share = square / dot(direction, product);
      addScaled(move, share, direction);
      addScaled(error, -share, product);
      const next = dot(error, error);
      for (let j = 0; j < direction.length; j++) direction[j] = error[j] + (next / square) * direction[j];
      square = next;
    }
  }
}
