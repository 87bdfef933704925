import type { DeviceTimes } from "./flights.js";

/** A client that was sent parameters, and the virtual seconds that it took: of one that was lost, until it was. */
export interface ClientTimes extends DeviceTimes {
  readonly client: number;
  /** Moves of the server since it was sent its parameters, in asynchronous rounds. */
  readonly staleness?: number;
}

/** A round in virtual time. */
export interface VirtualRound {
  /** When it ended: seconds since the run began. */
  readonly end: number;
  /** From the end of the round before. */
  readonly seconds: number;
  /** Of the client whose update came last of those that the round waited for. Absent: none came. */
  readonly last?: ClientTimes;
  /** In ascending client id. */
  readonly clients: readonly ClientTimes[];
}
