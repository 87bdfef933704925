import type { AbsentClient, ClientAssignment } from "../messages.js";
import type { Flight } from "./flights.js";
import type { VirtualRound } from "./virtual-round.js";

/** Parameters that clients start from. */
export interface StartingPoint {
  readonly round: number;
  /** float32 [P]: the server's at the start of the round. */
  readonly parameters: Float32Array;
  /** float32 [P]: what had moved it there. Absent in the first round. */
  readonly update?: Float32Array;
}

/** What a run carries from round to round where its time is virtual. */
export interface VirtualState {
  /** Seconds since the run began. */
  readonly now: number;
  /** Devices on which clients train between two rounds, in ascending client id: of asynchronous rounds. */
  readonly flights: readonly Flight[];
  /** What these started from, by round. */
  readonly starts: ReadonlyMap<number, StartingPoint>;
}

export const virtualStart: VirtualState = { now: 0, flights: [], starts: new Map() };

/** Clients of a round that start from the same parameters. */
export interface RoundPart extends StartingPoint {
  /** In ascending client id; weights as they are in the sum. */
  readonly assignments: readonly ClientAssignment[];
}

/** A round before anybody has trained in it. */
export interface AskedRound {
  /** Who was sent parameters, in ascending client id; weights as they are in the denominator. */
  readonly asked: readonly ClientAssignment[];
  /** Those of them that train. */
  readonly parts: readonly RoundPart[];
  /** Those of whom no update comes, in ascending client id. */
  readonly absent: readonly AbsentClient[];
  readonly virtual?: VirtualRound;
  /** Absent where time is not virtual. */
  readonly next?: VirtualState;
}

export function byClient(a: { readonly client: number }, b: { readonly client: number }): number {
  return a.client - b.client;
}
