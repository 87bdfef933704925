import { studentQuantile } from "./student.js";

/** Mean and variance of a stream of equally weighted numbers (Welford 1962): one pass, no cancellation. */
export class RunningMoments {
  #count = 0;
  #mean = 0;
  #squares = 0;

  add(value: number): void {
    this.#count++;
    const distance = value - this.#mean;
    this.#mean += distance / this.#count;
    this.#squares += distance * (value - this.#mean);
  }

  get count(): number {
    return this.#count;
  }

  get mean(): number {
    return this.#mean;
  }

  /** Standard error of the mean; Infinity for fewer than two numbers. */
  get standardError(): number {
    if (this.#count < 2) return Number.POSITIVE_INFINITY;
    return Math.sqrt(this.#squares / (this.#count - 1) / this.#count);
  }

  /** One-sided upper end of the mean's confidence interval, by Student's t. */
  upper(confidence: number): number {
    if (this.#count < 2) return Number.POSITIVE_INFINITY;
    return this.#mean + studentQuantile(confidence, this.#count - 1) * this.standardError;
  }

  /** Two-sided interval of the mean. */
  interval(confidence: number): { low: number; high: number; confidence: number } {
    const high = this.upper((1 + confidence) / 2);
    return { low: 2 * this.#mean - high, high, confidence };
  }
}
