import { integer, required } from "../../fields.js";
import type { NetworkSpec } from "../../network/spec.js";
import type { SingleUpdate } from "../aggregations/aggregation.js";

/** The updates of a round that arrived, by who sent them; each list in ascending client id. */
export interface AttackedRound {
  readonly seed: number;
  readonly round: number;
  readonly honest: readonly SingleUpdate[];
  /** With what the attackers would have sent if they were honest. */
  readonly attackers: readonly SingleUpdate[];
}

/** What attackers do: to the updates that they send, or to the rows that they train on. A function of its arguments: the same bytes everywhere. */
export type Attack = UpdateAttack | DataAttack;

/** An attack by what is sent. */
export interface UpdateAttack {
  readonly on: "updates";
  /** What each attacker sends in the place of its update, [kept]; numbers beyond float32 are sent as its largest. */
  corrupt(round: AttackedRound): readonly ArrayLike<number>[];
}

/** An attack by what is trained on. */
export interface DataAttack {
  readonly on: "data";
  /** What an attacker trains on in place of its rows, float32 [n, rowWidth(network)] both. */
  poison(network: NetworkSpec, rows: Float32Array): Float32Array;
}

/** Settings that all attacks share. */
export const attackFields = {
  clients: integer("[1, inf)", required, "Number of attackers, fewer than the clients; the seed draws them."),
};
