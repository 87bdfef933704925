import { type ProposalName, proposals } from "./proposals/index.js";
import type { RowWeights } from "./row-weights.js";

/** What a proposal gives at the rows of a pilot, the same for all proposals. */
export interface ProposalPilot {
  readonly name: ProposalName;
  /** U_K of two independent draws of the paths. */
  readonly u: readonly [Float64Array, Float64Array];
  readonly factors: RowWeights["factors"];
}

/** Standard errors by which means must differ to be told apart. */
const clear = 3;

/**
 * The best proposal for K paths a row, of two that come to the same the first.
 *
 * The mean of U is what the upper end is about, so a proposal is better where its mean over the rows is clearly lower; rows are the same for both, so that
 * their own spread does not count. Where neither is, the one of the smaller Var(log phat | x) times cost is: U lies above its limit by about half of that variance,
 * which falls like 1/K, so the product is what both come to at the same cost. It is (U - U')^2 / 2 over two draws at the same x: the variance of log w over
 * the paths of a row would not do, since resampling takes out what weights have in common.
 */
export function chosenProposal(pilots: readonly ProposalPilot[]): ProposalName {
  return pilots.reduce((best, each) => (isBetter(each, best) ? each : best)).name;
}

function isBetter(one: ProposalPilot, other: ProposalPilot): boolean {
  const rows = one.factors.length;
  const gains = one.factors.map((factor, row) => (factor * (sumAt(other, row) - sumAt(one, row))) / 2);
  const gain = gains.reduce((sum, value) => sum + value, 0) / rows;
  const square = gains.reduce((sum, value) => sum + (value - gain) ** 2, 0) / Math.max(1, rows - 1);
  if (Math.abs(gain) > clear * Math.sqrt(square / rows)) return gain > 0;
  return costlyVariance(one) < costlyVariance(other);
}

function sumAt({ u }: ProposalPilot, row: number): number {
  return u[0][row] + u[1][row];
}

/** Var(log phat | x), summed over rows, times the proposal's cost. */
function costlyVariance({ name, u: [u, other], factors }: ProposalPilot): number {
  return (
    proposals[name].cost * factors.reduce((sum, factor, row) => sum + 0.5 * factor * (u[row] - other[row]) ** 2, 0)
  );
}
