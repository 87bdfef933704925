import { bestBet, bettingLowerEnd } from "../lower-bound/betting.js";
import type { DefensiveSampler } from "./defensive-sampler.js";
import { logSumExp } from "./log-sum-exp.js";
import { meanOf } from "./mean.js";
import type { RowWeights } from "./row-weights.js";

/** An upper end of KL(q_delta || ptilde), nats: of the defensive sampler ptilde = (1 - share) p_theta + share N(0, variance I), and not of p_theta. */
export interface DefensiveEnd {
  /** With the stated confidence KL(q_delta || ptilde) is at most this, for every number of rows and with no assumption on their law. */
  readonly high: number;
  /** Mean of U over the rows that are bet on. */
  readonly estimate: number;
  readonly unit: "nats";
  readonly confidence: number;
  /** Probability that ptilde draws from the Gaussian: it differs from p_theta by at most this in total variation. */
  readonly share: number;
  /** Of the Gaussian. */
  readonly variance: number;
  /** R, which U nowhere exceeds, nats. */
  readonly largest: number;
  /** Rows of the law that are bet on. */
  readonly rows: number;
  /** What the end is about, in words. */
  readonly about: string;
}

type LawRows = Pick<RowWeights, "u" | "factors" | "logDensity" | "square">;

/**
 * R less a lower end, by betting, of the mean of R - U >= 0 over rows of the law and K paths of each,
 *
 *     U = log q - log((1 - share) phat + share N(0, variance I)),      E U >= KL(q_delta || ptilde),
 *
 * phat the mean weight of the paths. Terms are factor (R - U - c) + c, which has the same mean and where U hardly differs is hardly spread by
 * factors; c and the bet come from the first `pilot` rows, and the others are bet on (docs/theory.md, 2i).
 * @param mostFactor no factor of a row is larger.
 */
export function defensiveEnd(
  law: LawRows,
  sampler: DefensiveSampler,
  dimension: number,
  {
    pilot,
    confidence,
    mostFactor,
  }: { readonly pilot: number; readonly confidence: number; readonly mostFactor: number },
): DefensiveEnd {
  const { share, variance, mostLogRatio: largest } = sampler;
  const gaps = gapsOf(law, sampler, dimension);
  const rows = gaps.length - pilot;
  const known = law.factors.subarray(0, pilot);
  const center = meanOf(known.map((factor, row) => factor * gaps[row]));
  const least = center * (1 - mostFactor);
  const terms = gaps.map((gap, row) => law.factors[row] * (gap - center) + center);
  const tried = terms.subarray(0, pilot);
  const spread = tried.reduce((sum, term) => sum + (term - center) ** 2, 0) / Math.max(1, pilot - 1);
  // Equal pilot terms say nothing of rare ones: at least one at the other end may have been missed.
  const { bet } = bestBet(center, Math.max(spread, (largest / pilot) ** 2), least, rows, confidence);
  const betOn = terms.subarray(pilot);
  return {
    high: largest - bettingLowerEnd(betOn, least, bet, confidence),
    estimate: largest - meanOf(betOn),
    unit: "nats",
    confidence,
    share,
    variance,
    largest,
    rows,
    about: `KL of the sampler that draws from N(0, ${variance.toPrecision(4)} I) with probability ${share} and else as the one that is certified: it differs from that one by at most ${share} in total variation`,
  };
}

/** R - U of each row. */
function gapsOf(
  { u, logDensity, square }: LawRows,
  { share, variance, mostLogRatio }: DefensiveSampler,
  dimension: number,
): Float64Array {
  const constant = 0.5 * dimension * Math.log(2 * Math.PI * variance);
  return u.map((value, row) => {
    const wide = -0.5 * (square[row] / variance) - constant;
    return (
      mostLogRatio + logSumExp(Float64Array.of(Math.log1p(-share) - value, Math.log(share) + wide - logDensity[row]))
    );
  });
}
