import { type UpperEnd, upperEnd } from "../upper-end.js";
import { type Scales, scalesOf } from "./plan.js";
import type { UnitCosts } from "./units.js";

/** Per unit: the whole path KL, and its parts; `covariance` is what score and discretization leave of a step. */
export type Quantity = "path" | "initialization" | "score" | "covariance" | "discretization";

/** Units that say how costs differ, and count for nothing else. */
export interface Pilot {
  readonly costs: UnitCosts;
  /** The stratum of each unit. */
  readonly strata: Uint32Array;
}

const quantities: readonly Quantity[] = ["path", "initialization", "score", "covariance", "discretization"];
const curves = ["stepScore", "stepDiscretization", "mmse"] as const;

/** The costs of units that were run, and what they say about the means over the law. */
export class Tally {
  readonly #weights: Float64Array;
  readonly #closed: boolean;
  readonly #scales: Readonly<Record<Quantity, Scales>>;
  readonly #counts: Float64Array;
  /** Values of the units of each stratum. */
  readonly #values: Readonly<Record<Quantity, number[][]>>;
  readonly curves: Readonly<Record<(typeof curves)[number], Float64Array>>;

  /**
   * @param weights of the strata.
   * @param closed whether the discretization has a closed form: its sampled value is then a control variate, and `path` goes without it.
   */
  constructor(weights: Float64Array, closed: boolean, pilot: Pilot) {
    this.#weights = weights;
    this.#closed = closed;
    const values = valuesOf(pilot.costs, closed);
    const each = <T>(make: (quantity: Quantity) => T) =>
      Object.fromEntries(quantities.map((quantity) => [quantity, make(quantity)])) as Record<Quantity, T>;
    this.#scales = each((quantity) => scalesOf(values[quantity], pilot.strata, weights.length));
    this.#values = each(() => Array.from(weights, () => []));
    this.#counts = new Float64Array(weights.length);
    const steps = pilot.costs.mmse.length;
    this.curves = {
      stepScore: new Float64Array(steps),
      stepDiscretization: new Float64Array(steps),
      mmse: new Float64Array(steps),
    };
  }

  get scales(): Scales {
    return this.#scales.path;
  }

  get units(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** Fewest units of a stratum. */
  get fewest(): number {
    return this.#counts.reduce((least, count) => Math.min(least, count), Number.POSITIVE_INFINITY);
  }

  /** Adds a wave of units, in which every stratum occurs. */
  add(costs: UnitCosts, stratumOf: Uint32Array): void {
    const values = valuesOf(costs, this.#closed);
    stratumOf.forEach((stratum, unit) => {
      this.#counts[stratum]++;
      for (const quantity of quantities) this.#values[quantity][stratum].push(values[quantity][unit]);
    });
    const share = stratumOf.length / this.units;
    for (const name of curves) {
      for (let k = 0; k < costs[name].length; k++)
        this.curves[name][k] += share * (costs[name][k] - this.curves[name][k]);
    }
  }

  /** The stratified mean. */
  mean(quantity: Quantity): number {
    let sum = 0;
    this.#values[quantity].forEach((values, stratum) => {
      const total = values.reduce((subtotal, value) => subtotal + value, 0);
      sum += (this.#weights[stratum] * total) / values.length;
    });
    return sum;
  }

  /** The stratified standard error, by differences of neighbouring units: an estimate. */
  standardError(quantity: Quantity): number {
    const contributions = this.#contributions(quantity);
    let sum = 0;
    for (let i = 0; i + 1 < contributions.length; i++) sum += (contributions[i] - contributions[i + 1]) ** 2;
    return Math.sqrt((sum / 2) * (contributions.length / (contributions.length - 1)));
  }

  /** What an upper confidence end adds to the mean. */
  end(quantity: Quantity, errorProbability: number): UpperEnd {
    const { deviations } = this.#scales[quantity];
    const start = deviations.reduce(
      (most, deviation, s) => Math.max(most, (this.#weights[s] * deviation) / this.#counts[s]),
      0,
    );
    return upperEnd(this.#contributions(quantity), start, errorProbability);
  }

  /** What each unit adds to the estimate beyond what the pilot expected, stratum by stratum. */
  #contributions(quantity: Quantity): Float64Array {
    const { centers } = this.#scales[quantity];
    return Float64Array.from(
      this.#values[quantity].flatMap((values, s) =>
        values.map((value) => (this.#weights[s] / values.length) * (value - centers[s])),
      ),
    );
  }
}

/** The quantities of each unit. */
export function valuesOf(costs: UnitCosts, closed: boolean): Record<Quantity, Float64Array> {
  const { total, score, discretization, initialization } = costs;
  return {
    path: total.map((value, unit) => value - (closed ? discretization[unit] : 0) + initialization[unit]),
    initialization,
    score,
    covariance: total.map((value, unit) => value - score[unit] - discretization[unit]),
    discretization,
  };
}
