import { durationOf } from "./flights.js";
import type { VirtualRound } from "./virtual-round.js";

/** Virtual time of several rounds. */
export interface VirtualTotals {
  readonly rounds: number;
  /** Of all of them. */
  readonly seconds: number;
  /** Of the client whose update came last, summed over rounds. In asynchronous rounds it may have begun before its round. */
  readonly download: number;
  readonly compute: number;
  readonly upload: number;
  /** What rounds lasted beyond their last update: for clients that were late or lost. 0 in asynchronous rounds. */
  readonly waiting: number;
}

export const emptyTotals: VirtualTotals = { rounds: 0, seconds: 0, download: 0, compute: 0, upload: 0, waiting: 0 };

/** With one more round. */
export function withRound(
  totals: VirtualTotals,
  { seconds, last }: Pick<VirtualRound, "seconds" | "last">,
): VirtualTotals {
  const { download = 0, compute = 0, upload = 0, staleness } = last ?? {};
  const beyond = staleness === undefined ? seconds - durationOf({ download, compute, upload }) : 0;
  return {
    rounds: totals.rounds + 1,
    seconds: totals.seconds + seconds,
    download: totals.download + download,
    compute: totals.compute + compute,
    upload: totals.upload + upload,
    waiting: totals.waiting + Math.max(0, beyond),
  };
}
