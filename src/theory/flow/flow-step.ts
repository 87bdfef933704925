import type { LevelDenoiser } from "../../diffusion/jacobian-denoiser.js";
import type { StepCoefficients } from "../../diffusion/sampler.js";

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
  readonly #dimension: number;
  readonly #denoised: Float64Array;
  readonly #corrected: Float64Array;
  readonly #point: Float64Array;
  readonly #jacobian: Float64Array;
  readonly #slope: Float64Array;
  readonly #before: Float64Array;

  /** @param to the denoiser at the step's end: of a correction, and of `guess`. */
  constructor(coefficients: StepCoefficients, from: LevelDenoiser, to: LevelDenoiser, dimension: number) {
    this.#coefficients = coefficients;
    this.#from = from;
    this.#to = to;
    this.#dimension = dimension;
    const [vector, matrix] = [() => new Float64Array(dimension), () => new Float64Array(dimension * dimension)];
    [this.#denoised, this.#corrected, this.#point] = [vector(), vector(), vector()];
    [this.#jacobian, this.#slope, this.#before] = [matrix(), matrix(), matrix()];
  }

  /** Writes F(x), float64 [d], and DF(x), float64 [d, d] row-major. x is left as it is. */
  apply(x: Float64Array, image: Float64Array, derivative: Float64Array): void {
    const { x: cx, denoised: c0, correction } = this.#coefficients;
    const d = this.#dimension;
    const [denoised, jacobian] = [this.#denoised, this.#jacobian];
    this.#from.denoise(x, denoised, jacobian);
    for (let i = 0; i < d; i++) image[i] = cx * x[i] + c0 * denoised[i];
    for (let at = 0; at < d * d; at++) derivative[at] = c0 * jacobian[at];
    for (let i = 0; i < d; i++) derivative[i * (d + 1)] += cx;
    if (correction !== undefined) this.#correct(correction, image, derivative);
  }

  /** Where the inverse is looked for first: one step of DDIM back from y, float64 [d], with the denoiser at y held. */
  guess(y: Float64Array, x: Float64Array): void {
    const { x: cx, denoised: c0 } = this.#coefficients;
    this.#to.denoise(y, this.#denoised);
    for (let i = 0; i < x.length; i++) x[i] = (y[i] - c0 * this.#denoised[i]) / cx;
  }

  #correct(c: number, image: Float64Array, derivative: Float64Array): void {
    const d = this.#dimension;
    const [denoised, corrected, point, slope] = [this.#denoised, this.#corrected, this.#point, this.#slope];
    point.set(image);
    this.#to.denoise(point, corrected, slope);
    for (let i = 0; i < d; i++) image[i] += c * (corrected[i] - denoised[i]);
    const before = this.#before;
    before.set(derivative);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        let sum = -this.#jacobian[i * d + j];
        for (let k = 0; k < d; k++) sum += slope[i * d + k] * before[k * d + j];
        derivative[i * d + j] += c * sum;
      }
    }
  }
}
