import { type UpperEnd, upperEnd } from "../upper-end.js";
import { type Scales, scalesOf } from "./plan.js";

/** The mean of one number over a law that is cut into strata, from units of them, and how far up its expectation may be. */
export class StratifiedMean {
  /** Where a pilot saw the units of each stratum. */
  readonly scales: Scales;
  readonly #weights: Float64Array;
  /** Values of the units of each stratum. */
  readonly #values: number[][];

  /**
   * @param weights probabilities of the strata.
   * @param pilot values of units that count for nothing else, and the stratum of each.
   */
  constructor(weights: Float64Array, pilot: { readonly values: Float64Array; readonly strata: Uint32Array }) {
    this.#weights = weights;
    this.scales = scalesOf(pilot.values, pilot.strata, weights.length);
    this.#values = Array.from(weights, () => []);
  }

  /** Units so far. */
  get units(): number {
    return this.#values.reduce((sum, values) => sum + values.length, 0);
  }

  /** Fewest units of a stratum. */
  get fewest(): number {
    return this.#values.reduce((least, values) => Math.min(least, values.length), Number.POSITIVE_INFINITY);
  }

  add(values: Float64Array, stratumOf: Uint32Array): void {
    stratumOf.forEach((stratum, unit) => {
      this.#values[stratum].push(values[unit]);
    });
  }

  /** The stratified mean. */
  get mean(): number {
    let sum = 0;
    this.#values.forEach((values, stratum) => {
      const total = values.reduce((subtotal, value) => subtotal + value, 0);
      sum += (this.#weights[stratum] * total) / values.length;
    });
    return sum;
  }

  /** The stratified standard error, by differences of neighbouring units: an estimate. */
  get standardError(): number {
    const contributions = this.#contributions();
    let sum = 0;
    for (let i = 0; i + 1 < contributions.length; i++) sum += (contributions[i] - contributions[i + 1]) ** 2;
    return Math.sqrt((sum / 2) * (contributions.length / (contributions.length - 1)));
  }

  /** What an upper confidence end adds to the mean. */
  end(errorProbability: number): UpperEnd {
    const start = this.scales.deviations.reduce(
      (most, deviation, s) => Math.max(most, (this.#weights[s] * deviation) / this.#values[s].length),
      0,
    );
    return upperEnd(this.#contributions(), start, errorProbability);
  }

  /** What each unit adds to the estimate beyond what the pilot expected, stratum by stratum. */
  #contributions(): Float64Array {
    const { centers } = this.scales;
    return Float64Array.from(
      this.#values.flatMap((values, s) =>
        values.map((value) => (this.#weights[s] / values.length) * (value - centers[s])),
      ),
    );
  }
}
