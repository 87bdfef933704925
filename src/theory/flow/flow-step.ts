import type { LevelDenoiser } from "../../diffusion/jacobian-denoiser.js";
import type { StepCoefficients } from "../../diffusion/sampler.js";

/** What the steps of a flow share. */
export interface StepScratch {
  /** x0hat and its Jacobian where the last step began, float64 [d] and [d, d]. */
  readonly denoised: Float64Array;
  readonly jacobian: Float64Array;
  /** x^ and x0hat there, float64 [d]. */
  readonly point: Float64Array;
  readonly corrected: Float64Array;
  /** float64 [d, d]. */
  readonly slope: Float64Array;
  readonly before: Float64Array;
}

export function stepScratch(dimension: number): StepScratch {
  const [vector, matrix] = [() => new Float64Array(dimension), () => new Float64Array(dimension * dimension)];
  return {
    denoised: vector(),
    jacobian: matrix(),
    point: vector(),
    corrected: vector(),
    slope: matrix(),
    before: matrix(),
  };
}

/**
 * One step of a deterministic sampler in float64, with its derivative. With A = c_x I + c_0 J_t(x) for x^ = c_x x + c_0 x0hat(x, t), and c the
 * correction of samplers that have one (then of Heun's kind),
 *
 *     F(x) = x^ + c (x0hat(x^, s) - x0hat(x, t)),   DF(x) = A + c (J_s(x^) A - J_t(x)).
 */
export class FlowStep {
  readonly #coefficients: StepCoefficients;
  readonly #from: LevelDenoiser;
  readonly #to: LevelDenoiser;
  readonly #scratch: StepScratch;

  /** @param to the denoiser at the step's end: of a correction. */
  constructor(coefficients: StepCoefficients, from: LevelDenoiser, to: LevelDenoiser, scratch: StepScratch) {
    this.#coefficients = coefficients;
    this.#from = from;
    this.#to = to;
    this.#scratch = scratch;
  }

  /** Writes F(x), float64 [d]. x is left as it is. */
  image(x: Float64Array, image: Float64Array): void {
    const { x: cx, denoised: c0, correction } = this.#coefficients;
    const { denoised, point, corrected } = this.#scratch;
    this.#from.denoise(x, denoised);
    for (let i = 0; i < x.length; i++) image[i] = cx * x[i] + c0 * denoised[i];
    if (correction === undefined) return;
    point.set(image);
    this.#to.denoise(point, corrected);
    for (let i = 0; i < x.length; i++) image[i] += correction * (corrected[i] - denoised[i]);
  }

  /** Writes DF(x), float64 [d, d] row-major, at the x of the last call of `image`, once. It leaves x0hat and its Jacobian there in the scratch. */
  derivative(x: Float64Array, derivative: Float64Array): void {
    const { denoised, jacobian, slope } = this.#scratch;
    if (this.#coefficients.correction === undefined) {
      this.#from.jacobian(jacobian);
      this.#combine(jacobian, jacobian, derivative);
      return;
    }
    this.#to.jacobian(slope);
    this.#from.denoise(x, denoised);
    this.#from.jacobian(jacobian);
    this.#combine(jacobian, slope, derivative);
  }

  /** Where the inverse of y, float64 [d], is looked for first: one step of DDIM back, with the x0hat that the scratch has of the end of the step. */
  guess(y: Float64Array, x: Float64Array): void {
    const { x: cx, denoised: c0 } = this.#coefficients;
    for (let i = 0; i < x.length; i++) x[i] = (y[i] - c0 * this.#scratch.denoised[i]) / cx;
  }

  /** What DF would be if the Jacobian were that of the scratch everywhere. */
  guessDerivative(derivative: Float64Array): void {
    const { jacobian } = this.#scratch;
    this.#combine(jacobian, jacobian, derivative);
  }

  /** DF from the Jacobians at both ends. */
  #combine(jacobian: Float64Array, slope: Float64Array, derivative: Float64Array): void {
    const { x: cx, denoised: c0, correction: c } = this.#coefficients;
    const { before, denoised } = this.#scratch;
    const d = denoised.length;
    for (let at = 0; at < d * d; at++) derivative[at] = c0 * jacobian[at];
    for (let i = 0; i < d; i++) derivative[i * (d + 1)] += cx;
    if (c === undefined) return;
    before.set(derivative);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        let sum = -jacobian[i * d + j];
        for (let k = 0; k < d; k++) sum += slope[i * d + k] * before[k * d + j];
        derivative[i * d + j] += c * sum;
      }
    }
  }
}
