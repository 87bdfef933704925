/** The update of one client of a round. */
export interface SingleUpdate {
  readonly client: number;
  /** 0 or 1 per parameter, [P]: whether the client keeps it. Not to be changed. */
  readonly keep: Uint8Array;
  /** float32 [kept]: how far it moved the parameters that it keeps, in ascending order. All finite; not to be changed. */
  readonly values: Float32Array;
  /** 1, or the number of its rows. */
  readonly weight: number;
}

/** What a rule makes of the updates of a round: float64 [P] each, zeros when it is asked. */
export interface AggregatedUpdate {
  /** What the server optimizer takes, in the place of the mean update. */
  readonly update: Float64Array;
  /** Weight of the clients that stand behind each entry. Where it is 0 the parameter stays. */
  readonly weights: Float64Array;
}

/**
 * A rule that makes one update of those of a round's clients: a function of them alone, with nothing but +, -, *, / and sqrt, so the same
 * bytes everywhere.
 */
export interface Aggregation {
  /** Whether it needs each update by itself. False: a sum over clients says all that it asks. */
  readonly needsUpdates: boolean;
  /** Whether a client counts by its weight. False: all clients count alike, and other weights than 1 are refused. */
  readonly weighted: boolean;
  /** Fewest updates of a round for which the rule is defined. */
  readonly leastUpdates: number;
  /**
   * Writes the update of the round into `into`.
   * @param updates at least `leastUpdates`, in ascending client id.
   * @returns how much of each update is in the result, in [0, 1], in their order: 0 where it was left out. undefined: all of each.
   */
  aggregate(updates: readonly SingleUpdate[], into: AggregatedUpdate): readonly number[] | undefined;
}

/** An aggregation of one's own, in place of a specification. It is given each update by itself. */
export interface OwnAggregation extends Partial<Pick<Aggregation, "leastUpdates">>, Pick<Aggregation, "aggregate"> {
  /** In results and in the identity of a run: checkpoints of a rule of another name are refused. */
  readonly name: string;
}
