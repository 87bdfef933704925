import { layoutOf, type NetworkSpec } from "../network/spec.js";
import { coverageOf } from "../pruning/average.js";
import { compileMask } from "../pruning/compiled-mask.js";
import { groupMasks, type MaskGroup, sameGroups } from "../pruning/group.js";
import { type CountedRound, countMasks, countRoundCoverage, type MaskCounts } from "../pruning/round-coverage.js";
import type { ClientAssignment } from "./messages.js";

/** What a round's assignments say before anybody has trained. */
export interface RoundCount {
  /** float64 [P]: sum of the weights of the clients that keep each parameter. Valid until the next count. */
  readonly weights: Float64Array;
  readonly counted: CountedRound;
  /** 4 bytes for each parameter that each client keeps. */
  readonly bytes: number;
}

/**
 * Counts what rounds cover. Its vectors go from round to round: fresh memory of this size costs more than the arithmetic on it, and
 * where masks, clients and weights are those of the round before there is nothing to count.
 */
export class RoundCounter {
  readonly #network: NetworkSpec;
  readonly #weights: Float64Array;
  readonly #counts: Uint32Array;
  #last: { readonly groups: readonly MaskGroup[]; readonly masks: MaskCounts } | undefined;

  constructor(network: NetworkSpec) {
    const { size } = layoutOf(network);
    this.#network = network;
    this.#weights = new Float64Array(size);
    this.#counts = new Uint32Array(size);
  }

  /** @param parameters the server's, float32 [P], at the start of the round. */
  count(round: number, assignments: readonly ClientAssignment[], parameters: Float32Array): RoundCount {
    const groups = groupMasks(
      assignments.map(({ mask }) => mask),
      assignments.map(({ weight }) => weight),
    );
    const { masks } = this.#last && sameGroups(this.#last.groups, groups) ? this.#last : this.#countMasks(groups);
    return {
      weights: this.#weights,
      counted: countRoundCoverage(this.#network, round, groups, parameters, masks),
      bytes: groups.reduce(
        (bytes, { mask, clients }) => bytes + 4 * clients * compileMask(this.#network, mask).kept,
        0,
      ),
    };
  }

  #countMasks(groups: readonly MaskGroup[]): { readonly masks: MaskCounts } {
    this.#last = undefined;
    const masks = countMasks(this.#network, groups, this.#counts);
    if (groups.every(({ clients, weight }) => weight === clients)) this.#weighByCount(masks);
    else coverageOf(this.#network, groups, this.#weights);
    this.#last = { groups, masks };
    return this.#last;
  }

  /** Where every client has weight 1. */
  #weighByCount({ counts, full }: MaskCounts): void {
    const weights = this.#weights;
    for (let i = 0; i < weights.length; i++) weights[i] = counts[i] + full;
  }
}
