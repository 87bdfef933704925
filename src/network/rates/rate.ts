import { choice, integer, number, type required } from "../../fields.js";

/** A local step in the course of a run. */
export interface RateStep {
  /** From 0. */
  readonly round: number;
  /** Of the client in this round, from 0. */
  readonly step: number;
  /** Local steps of the client in this round. */
  readonly steps: number;
}

/** The factor in [0, 1] that multiplies the learning rate of a local step: a function of the step alone, whoever takes it. */
export type Rate = (at: RateStep) => number;

/** What may be set of every schedule of the learning rate. */
export const rateFields = {
  warmup: number(
    "[0, 16777215]",
    0,
    "Rounds, or a part of one, over which a factor rises linearly to 1 first (arXiv 1706.02677).",
  ),
  moves: choice(
    ["step", "round"],
    "step",
    "step: the rate changes with each local step, a round being its local steps. round: it stays what it is at the start of the round.",
  ),
};

/** A number of rounds that the shape of a schedule is made of. */
export const roundsOf = <When extends number | typeof required>(absent: When, text: string) =>
  integer("[1, 16777215]", absent, text);

/**
 * A schedule that is warmed up.
 * @param shape the factor without a warm-up, after so many rounds.
 */
export function warmedUp(
  { warmup, moves }: { readonly warmup: number; readonly moves: "step" | "round" },
  shape: (rounds: number) => number,
): Rate {
  return ({ round, step, steps }) => {
    const [done, length] = moves === "round" ? [round, 1] : [round + step / steps, 1 / steps];
    return Math.min(1, (done + length) / warmup) * shape(done);
  };
}
