import { FedscoreError } from "../../errors.js";
import { RunningMoments } from "../running-moments.js";
import { binomialUpperEnd } from "./binomial-end.js";
import { blockRows, controlled, type LawRows, type SamplerRows, stray } from "./weighted-rows.js";

/** An upper end of KL(q_delta || p_theta), nats. */
export interface HighEnd {
  /** Estimate of B_K, without confidence margins. */
  readonly estimate: number;
  readonly end: number;
  /** Share of the sampler's mass that the law does not have, and its upper end: both are in the estimate and the end. */
  readonly stray: { readonly value: number; readonly upper: number };
}

/**
 * The upper end of
 *
 *     B_K = E_Q[U + min(e^-U, M) - 1] + E_P[max(0, 1 - M e^V_c)] >= KL(q_delta || p_theta),
 *
 * half of the error probability to each part. The first: Student over block means, with half of its error probability once more, as rows are
 * skewed and their plain interval covers a little less than it says. The second: a row counts as stray with probability max(0, 1 - M e^V_c), by its
 * coin, so their number is binomial and its end exact. Rows of the law alone do not see what the sampler draws where the law has no mass.
 */
export function highEnd(law: LawRows, sampler: SamplerRows, errorProbability: number): HighEnd {
  const blocks = new RunningMoments();
  for (let start = 0; start + blockRows <= law.u.length; start += blockRows) {
    let sum = 0;
    for (let row = start; row < start + blockRows; row++) sum += law.factors[row] * controlled(law.u[row]);
    blocks.add(sum / blockRows);
  }
  if (blocks.count < 2) throw new FedscoreError("FEDSCORE_UNSUPPORTED", "an interval needs two blocks of rows");
  const shares = sampler.conditional.map(stray);
  const value = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const strayed = shares.reduce((count, share, row) => count + (sampler.coins[row] < share ? 1 : 0), 0);
  const upper = binomialUpperEnd(strayed, shares.length, errorProbability / 2);
  return {
    estimate: blocks.mean + value,
    end: blocks.upper(1 - errorProbability / 4) + upper,
    stray: { value, upper },
  };
}
