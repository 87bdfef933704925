import type { Interval } from "../bound.js";
import type { Scales } from "../certificate/plan.js";
import { type Strata, unitPaths } from "../certificate/strata.js";
import { StratifiedMean } from "../certificate/stratified-mean.js";
import { RunningMoments } from "../running-moments.js";
import { studentQuantile } from "../student.js";
import type { InversionQuality } from "./flow.js";
import { worseOf } from "./flow-calls.js";
import type { FlowUnitCosts } from "./flow-units.js";
import { upperEndOfShares } from "./stray-end.js";

/** A term of the bound with its end, nats. */
interface TermEnd {
  readonly value: number;
  readonly upper: number;
}

/** The terms, two of them each with half of the error probability, and what their sum is at most. */
export interface FlowEnds {
  readonly density: TermEnd;
  /** Absent where determinants are estimated. */
  readonly stray?: TermEnd;
  readonly value: number;
  readonly upper: number;
  /** No unit adds more to the density term, but for what is assumed. */
  readonly ceiling: number;
  readonly errorProbability: number;
}

/** What units found, and what it says about the means over both laws. */
export class FlowTally {
  readonly #strata: Strata;
  readonly #ratio: StratifiedMean;
  readonly #density: StratifiedMean;
  readonly #pilotStray: Float64Array;
  readonly #stray: Float64Array[] = [];
  #quality: InversionQuality;
  #failed: number;
  #tried: number;

  /** @param pilot units, of the strata `stratumOf`, that count for nothing but for rows without a preimage. */
  constructor(strata: Strata, pilot: FlowUnitCosts, stratumOf: Uint32Array) {
    this.#strata = strata;
    this.#ratio = new StratifiedMean(strata.weights, { values: pilot.ratio, strata: stratumOf });
    this.#density = new StratifiedMean(strata.weights, { values: pilot.density, strata: stratumOf });
    this.#pilotStray = pilot.stray;
    this.#quality = pilot.quality;
    this.#failed = pilot.failed;
    this.#tried = stratumOf.length * unitPaths;
  }

  /** Adds a wave of units, in which every stratum occurs. */
  add(costs: FlowUnitCosts, stratumOf: Uint32Array): void {
    this.#ratio.add(costs.ratio, stratumOf);
    this.#density.add(costs.density, stratumOf);
    this.#stray.push(costs.stray);
    this.#quality = worseOf(this.#quality, costs.quality);
    this.#failed += costs.failed;
    this.#tried += stratumOf.length * unitPaths;
  }

  get scales(): Scales {
    return this.#density.scales;
  }

  /** Rows of the data law that count. */
  get rows(): number {
    return this.#density.units * unitPaths;
  }

  /** Fewest units of a stratum. */
  get fewest(): number {
    return this.#density.fewest;
  }

  /** Rows of the data law that an inverse was looked for of, those of the pilot too, and those without. */
  get inversions(): { readonly tried: number; readonly failed: number; readonly quality: InversionQuality } {
    return { tried: this.#tried, failed: this.#failed, quality: this.#quality };
  }

  /** Student's interval of the mean of U, two-sided: of KL itself where the flow is a bijection; an estimate of the noise, and no certified end. */
  interval(confidence: number): Interval {
    const { mean, units, standardError } = this.#ratio;
    const degrees = Math.max(1, units - this.#strata.weights.length);
    const half = studentQuantile((1 + confidence) / 2, degrees) * standardError;
    return { low: mean - half, high: mean + half, confidence };
  }

  ends(errorProbability: number): FlowEnds {
    const samples = Float64Array.from(this.#stray.flatMap((values) => [...values]));
    if (samples.length === 0) {
      const { ceiling, ...density } = this.#densityEnd(errorProbability);
      return { density, ...density, ceiling, errorProbability };
    }
    const half = errorProbability / 2;
    const { ceiling, ...density } = this.#densityEnd(half);
    const moments = new RunningMoments();
    for (const value of samples) moments.add(value);
    const stray = { value: moments.mean, upper: upperEndOfShares(samples, this.#pilotStray, half) };
    return {
      density,
      stray,
      value: density.value + stray.value,
      upper: density.upper + stray.upper,
      ceiling,
      errorProbability,
    };
  }

  #densityEnd(errorProbability: number): TermEnd & { readonly ceiling: number } {
    const { margin, ceiling } = this.#density.end(errorProbability);
    const value = this.#density.mean;
    return { value, upper: value + margin, ceiling };
  }
}
