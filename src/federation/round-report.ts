import type { RoundCoverage } from "../pruning/round-coverage.js";
import type { VirtualRound } from "./devices/virtual-round.js";
import type { AbsentClient, ClientReport } from "./messages.js";

/** A client that was asked in a round and gave no update. */
export interface AbsentReport extends AbsentClient {
  /** Parameters that it was to keep: it was sent 4 bytes for each by the analytic count. */
  readonly parameters: number;
}

/** How much of a client's update is in what the server moved by. */
export interface ClientShare {
  readonly client: number;
  /** In [0, 1]: 0 where it was left out. What lies between is said by the aggregation rule. */
  readonly share: number;
}

/** What may be told of a round in which clients are protected. */
export interface PrivateRound {
  /** C of the round: what updates were clipped to. */
  readonly clipNorm: number;
  /** Clients that take part on average: participation times the number of those that may. */
  readonly expectedClients: number;
}

/** What a round did. */
export interface RoundReport {
  /** Counted from 0, as in random streams and task ids. */
  readonly round: number;
  /**
   * Mean of the clients' mean losses over their local steps; clients that were dropped or absent do not count. Absent where clients, or their records, are
   * protected: it would tell of them.
   */
  readonly loss?: number;
  /**
   * Present where clients are protected. `clients`, `dropped` and `absent` are then empty, coverage is that of all clients of the federation, and traffic and arithmetic are
   * those of the clients that are expected: nothing of the report depends on who took part but the server's move, in which there is noise, and the wall-clock time.
   */
  readonly privacy?: PrivateRound;
  /** Of those that answered, in ascending client id. */
  readonly clients: readonly ClientReport[];
  /** Clients whose update was left out because it was not finite. */
  readonly dropped: readonly number[];
  /** Clients that gave no update, in ascending client id: the others are those that answered. */
  readonly absent: readonly AbsentReport[];
  /** Of the clients whose updates arrived, ascending, where an aggregation rule has weighed them. Absent: all of them count whole. */
  readonly shares?: readonly ClientShare[];
  /** The clients of the round that attacked by the run's own wish, ascending. Absent: the run has no `attack`. */
  readonly attackers?: readonly number[];
  /** Which parameters the averaged clients covered. */
  readonly coverage: RoundCoverage;
  /** Wall-clock time of the round. */
  readonly seconds: number;
  /** What a network between server and clients would carry: 4 bytes for each parameter that a client keeps; no masks, no framing. */
  readonly bytesDown: number;
  /** The same for the updates; a dropped or absent client sends none. */
  readonly bytesUp: number;
  /** What they carry as it is encoded: the kept parameters, and the masks that a client cannot work out, as bit sets; no framing. */
  readonly wireBytesDown: number;
  /** The encoded updates, with their scales and indices; a dropped or absent client sends none. */
  readonly wireBytesUp: number;
  /** Multiply-adds x 2 of all local steps. */
  readonly flops: number;
  /** Euclidean norm of the server's move. */
  readonly updateNorm: number;
  /** Absent where the clients have no devices: time is then that of the transport. Where clients are protected it is that of a round of all clients. */
  readonly virtual?: VirtualRound;
}
