import {
  ArgumentError,
  requireAnyNumber,
  requireInteger,
  requireLength,
  requireList,
  requireObject,
  requireTyped,
} from "../../errors.js";
import type { AssignedRange } from "./assigned-range.js";
import { addSpread, type CoverageSpread, leastCoverage, noSpread } from "./coverage-spread.js";
import type { ClientMeasurement } from "./measure-client.js";
import { requireMeasurement } from "./require-measurement.js";

/** More than an engine can train: it holds 2^30 float32, and training needs each parameter several times. */
const mostParameters = 2 ** 28;

/** What was measured at the start of a round, in units of the training loss. Plain data. */
export interface RoundProbe {
  readonly round: number;
  /** F(theta_q). */
  readonly loss: number;
  /** |grad F(theta_q)|^2. */
  readonly gradientSquared: number;
  /** |theta_q|^2. */
  readonly parameterNorm: number;
  /** Largest quotients of the clients, see ClientSmoothness; `consecutive`: of F between this probe and the one before. */
  readonly smoothness: Readonly<Record<"hessian" | "pruned" | "local" | "consecutive", number | null>>;
  /** What needs the masks of a round; null at the end of the run. */
  readonly masked: MaskedProbe | null;
  /** Of all clients of the round, measured or not; absent at the end of the run, and where it was not looked at. */
  readonly assigned?: AssignedRange;
}

/** What a round's masks make of the clients' gradients. */
export interface MaskedProbe {
  /** zeta_q^2 = sum_i |dF^i - mean over N_q^i of dF_n^i|^2 over covered i. */
  readonly heterogeneity: number;
  /** Sum over uncovered i of |dF^i|^2. */
  readonly uncovered: number;
  /** sigma^2: largest of the clients. */
  readonly gradientVariance: number;
  /** G^2: largest of the clients, at the start and where the last local step is taken. */
  readonly gradientSecondMoment: number;
  /** Sum over i and over N_q^i of sigma_n,i^2 / Gamma_q^i^2: the variance of the averaged gradient. */
  readonly averageVariance: number;
  /** Squares of what pruning and drift change of the averaged gradient: sum_i |mean over N_q^i of the change|^2. */
  readonly pruningChange: number;
  readonly driftChange: number;
  /** Sums over the round's clients of 1 / Gamma_n, 1 / Gamma_n^2, and 1 / Gamma_n of those that prune. */
  readonly inverseCoverage: number;
  readonly inverseCoverageSquared: number;
  readonly prunedInverseCoverage: number;
  /** V_q = sum_n sigma_n^2 / Gamma_n^2; clients that were not measured count with the largest of those that were, here and below. */
  readonly varianceBound: number;
  /** P_q = sum over the clients that prune of L_p,n^2 |theta - theta * m_n|^2 / Gamma_n. */
  readonly pruningBound: number;
  /** sum_n L_m,n^2 G_n^2 / Gamma_n: D_q but for eta^2 and the mean of t^2. */
  readonly driftBound: number;
}

/** Folds the measurements of a round's clients, in client order; memory is a few vectors, whatever their number. */
export class RoundFold {
  readonly #gradient: Float64Array;
  readonly #covering: Float64Array;
  readonly #kept: Uint32Array;
  readonly #pruning: Float64Array;
  readonly #drift: Float64Array;
  readonly #variance: Float64Array;
  readonly #coverage: ArrayLike<number> | null;
  readonly #smoothness: Record<"hessian" | "pruned" | "local", number | null> = {
    hessian: null,
    pruned: null,
    local: null,
  };
  readonly #participants: CoverageSpread | undefined;
  #clients = 0;
  #loss = 0;
  #gradientSecondMoment = 0;
  /** Of the clients that were added. */
  #spread = noSpread;
  readonly #variances = new SpreadSum();
  readonly #pruned = new SpreadSum();
  readonly #drifts = new SpreadSum();

  /**
   * @param coverage Gamma_q^i of the round, over all its clients; null at the end of the run.
   * @param participants spread of all clients of the round. Default: that of those that are added.
   */
  constructor(size: number, coverage: ArrayLike<number> | null, participants?: CoverageSpread) {
    requireInteger("size", size, 1, mostParameters);
    if (coverage !== null) {
      requireList("coverage", coverage);
      requireLength("coverage", coverage, size);
    }
    this.#coverage = coverage;
    this.#participants = participants && requireSpread(participants);
    this.#gradient = new Float64Array(size);
    this.#covering = new Float64Array(size);
    this.#kept = new Uint32Array(size);
    this.#pruning = new Float64Array(size);
    this.#drift = new Float64Array(size);
    this.#variance = new Float64Array(size);
  }

  /** Enters what one client measured. @param keep the client's mask; null where it takes no part in the round. */
  add(measurement: ClientMeasurement, keep: Uint8Array | null): void {
    const { loss, gradient, smoothness, round } = requireMeasurement(measurement, this.#gradient.length);
    if (keep !== null) {
      requireTyped("keep", keep, Uint8Array);
      requireLength("keep", keep, gradient.length);
    }
    this.#clients++;
    this.#loss += loss;
    for (let i = 0; i < gradient.length; i++) this.#gradient[i] += gradient[i];
    for (const key of ["hessian", "pruned", "local"] as const) {
      this.#smoothness[key] = larger(this.#smoothness[key], smoothness[key]);
    }
    if (!round || !keep) return;
    let variance = 0;
    for (let i = 0; i < gradient.length; i++) {
      if (keep[i] === 0) continue;
      this.#kept[i]++;
      this.#covering[i] += gradient[i];
      this.#pruning[i] += round.pruning[i];
      this.#drift[i] += round.drift[i];
      this.#variance[i] += round.variance[i];
      variance += round.variance[i];
    }
    const secondMoment = Math.max(round.secondMoment.start, round.secondMoment.last);
    this.#gradientSecondMoment = Math.max(this.#gradientSecondMoment, secondMoment);
    if (!this.#coverage) return;
    const gamma = leastCoverage(keep, this.#coverage);
    this.#spread = addSpread(this.#spread, keep, this.#coverage);
    const { pruned, local, hessian } = smoothness;
    this.#variances.add(variance, gamma * gamma);
    this.#pruned.add((pruned ?? 0) ** 2 * round.pruned, gamma);
    this.#drifts.add((local ?? hessian) ** 2 * secondMoment, gamma);
  }

  /** grad F(theta_q), float64 [P]. */
  get gradient(): Float64Array {
    return this.#gradient.map((value) => value / this.#clients);
  }

  /**
   * @param consecutive quotient of F's gradients between this probe and the one before.
   * @throws ArgumentError before the first client: a mean over none is no number.
   */
  finish(round: number, parameters: ArrayLike<number>, consecutive: number | null): RoundProbe {
    if (this.#clients === 0) throw new ArgumentError("add", "must have been called for at least one client", 0);
    requireAnyNumber("round", round);
    requireList("parameters", parameters);
    if (consecutive !== null) requireAnyNumber("consecutive", consecutive);
    let parameterNorm = 0;
    for (let i = 0; i < parameters.length; i++) parameterNorm += parameters[i] * parameters[i];
    return {
      round,
      loss: this.#loss / this.#clients,
      gradientSquared: this.gradient.reduce((sum, value) => sum + value * value, 0),
      parameterNorm,
      smoothness: { ...this.#smoothness, consecutive },
      masked: this.#coverage && this.#masked(this.#coverage),
    };
  }

  #masked(coverage: ArrayLike<number>): MaskedProbe {
    const sums = { heterogeneity: 0, uncovered: 0, averageVariance: 0, pruningChange: 0, driftChange: 0 };
    for (let i = 0; i < coverage.length; i++) {
      const mean = this.#gradient[i] / this.#clients;
      if (coverage[i] === 0) sums.uncovered += mean * mean;
      const gamma = this.#kept[i];
      if (gamma === 0) continue;
      sums.heterogeneity += (mean - this.#covering[i] / gamma) ** 2;
      sums.averageVariance += this.#variance[i] / (gamma * gamma);
      sums.pruningChange += (this.#pruning[i] / gamma) ** 2;
      sums.driftChange += (this.#drift[i] / gamma) ** 2;
    }
    const { all, squared, pruned } = this.#participants ?? this.#spread;
    return {
      ...sums,
      gradientVariance: this.#variances.largest,
      gradientSecondMoment: this.#gradientSecondMoment,
      inverseCoverage: all,
      inverseCoverageSquared: squared,
      prunedInverseCoverage: pruned,
      varianceBound: this.#variances.over(squared - this.#spread.squared),
      pruningBound: this.#pruned.over(pruned - this.#spread.pruned),
      driftBound: this.#drifts.over(all - this.#spread.all),
    };
  }
}

/** Least sum of 1 / Gamma_n that is more than rounding. */
const leastSpread = 1e-9;

/** A sum over clients of value / share, and over more of them with the largest value. */
class SpreadSum {
  #sum = 0;
  #largest = 0;

  add(value: number, share: number): void {
    this.#sum += value / share;
    this.#largest = Math.max(this.#largest, value);
  }

  get largest(): number {
    return this.#largest;
  }

  /** @param rest sum of 1 / share over the clients that were not added. */
  over(rest: number): number {
    return rest > leastSpread ? this.#sum + rest * this.#largest : this.#sum;
  }
}

function requireSpread(spread: CoverageSpread): CoverageSpread {
  const { all, squared, pruned } = requireObject("participants", spread);
  for (const [key, value] of Object.entries({ all, squared, pruned })) requireAnyNumber(`participants.${key}`, value);
  return spread;
}

/** The larger of two numbers of which either may be missing. */
export function larger(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
