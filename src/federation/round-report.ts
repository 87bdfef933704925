import type { RoundCoverage } from "../pruning/round-coverage.js";
import type { ClientReport } from "./messages.js";

/** What a round did. */
export interface RoundReport {
  /** Counted from 0, as in random streams and task ids. */
  readonly round: number;
  /** Mean of the clients' mean losses over their local steps; clients that were dropped do not count. */
  readonly loss: number;
  /** In ascending client id. */
  readonly clients: readonly ClientReport[];
  /** Clients whose update was left out because it was not finite. */
  readonly dropped: readonly number[];
  /** Which parameters the averaged clients covered. */
  readonly coverage: RoundCoverage;
  /** Wall-clock time of the round. */
  readonly seconds: number;
  /** What a network between server and clients would carry: 4 bytes for each parameter that a client keeps; no masks, no framing. */
  readonly bytesDown: number;
  /** The same for the updates; a dropped client sends none. */
  readonly bytesUp: number;
  /** Multiply-adds x 2 of all local steps. */
  readonly flops: number;
  /** Euclidean norm of the server's move. */
  readonly updateNorm: number;
}
