import type { UpperEnd } from "../upper-end.js";
import type { Scales } from "./plan.js";
import { StratifiedMean } from "./stratified-mean.js";
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
  readonly #closed: boolean;
  readonly #means: Readonly<Record<Quantity, StratifiedMean>>;
  readonly curves: Readonly<Record<(typeof curves)[number], Float64Array>>;

  /**
   * @param weights of the strata.
   * @param closed whether the discretization has a closed form: its sampled value is then a control variate, and `path` goes without it.
   */
  constructor(weights: Float64Array, closed: boolean, { costs, strata }: Pilot) {
    this.#closed = closed;
    const values = valuesOf(costs, closed);
    const meanOf = (quantity: Quantity) => new StratifiedMean(weights, { values: values[quantity], strata });
    this.#means = {
      path: meanOf("path"),
      initialization: meanOf("initialization"),
      score: meanOf("score"),
      covariance: meanOf("covariance"),
      discretization: meanOf("discretization"),
    };
    const steps = costs.mmse.length;
    this.curves = {
      stepScore: new Float64Array(steps),
      stepDiscretization: new Float64Array(steps),
      mmse: new Float64Array(steps),
    };
  }

  get scales(): Scales {
    return this.#means.path.scales;
  }

  get units(): number {
    return this.#means.path.units;
  }

  /** Fewest units of a stratum. */
  get fewest(): number {
    return this.#means.path.fewest;
  }

  /** Adds a wave of units, in which every stratum occurs. */
  add(costs: UnitCosts, stratumOf: Uint32Array): void {
    const values = valuesOf(costs, this.#closed);
    for (const quantity of quantities) this.#means[quantity].add(values[quantity], stratumOf);
    const share = stratumOf.length / this.units;
    for (const name of curves) {
      for (let k = 0; k < costs[name].length; k++)
        this.curves[name][k] += share * (costs[name][k] - this.curves[name][k]);
    }
  }

  /** The stratified mean. */
  mean(quantity: Quantity): number {
    return this.#means[quantity].mean;
  }

  /** The stratified standard error, by differences of neighbouring units: an estimate. */
  standardError(quantity: Quantity): number {
    return this.#means[quantity].standardError;
  }

  /** What an upper confidence end adds to the mean. */
  end(quantity: Quantity, errorProbability: number): UpperEnd {
    return this.#means[quantity].end(errorProbability);
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
