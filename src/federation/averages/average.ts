/** How a moving average forgets: only a function of the round, so that a resumed run goes on with the same bits. */
export interface AverageRule {
  /** The share of what came before that stays where a round is added, in [0, 1]; rounds count from 0. */
  decay(round: number): number;
}
