import { layoutOf, type NetworkSpec } from "../network/spec.js";
import { coverageOf } from "../pruning/average.js";
import { compileMask } from "../pruning/compiled-mask.js";
import { groupMasks } from "../pruning/group.js";
import { type CountedRound, countCoverage } from "../pruning/round-coverage.js";
import type { ClientAssignment } from "./messages.js";

/** Vectors of a round, which the next one takes over: fresh memory of this size costs more than the arithmetic on it. */
export interface RoundVectors {
  /** float64 [P]: sum of weight * update. */
  readonly total: Float64Array;
  /** float64 [P]: sum of the weights of the clients that keep each parameter. */
  readonly weights: Float64Array;
  /** uint32 [P]: number of those clients. */
  readonly counts: Uint32Array;
}

export function roundVectors(network: NetworkSpec): RoundVectors {
  const { size } = layoutOf(network);
  return { total: new Float64Array(size), weights: new Float64Array(size), counts: new Uint32Array(size) };
}

/** What a round's assignments say before anybody has trained. */
export interface RoundCount {
  readonly weights: Float64Array;
  readonly counted: CountedRound;
  /** 4 bytes for each parameter that each client keeps. */
  readonly bytes: number;
}

/** @param parameters the server's, float32 [P], at the start of the round. */
export function countRound(
  network: NetworkSpec,
  round: number,
  assignments: readonly ClientAssignment[],
  parameters: Float32Array,
  { weights, counts }: RoundVectors,
): RoundCount {
  const groups = groupMasks(
    assignments.map(({ mask }) => mask),
    assignments.map(({ weight }) => weight),
  );
  return {
    weights: coverageOf(network, groups, weights),
    counted: countCoverage(network, round, groups, parameters, counts),
    bytes: groups.reduce((bytes, { mask, clients }) => bytes + 4 * clients * compileMask(network, mask).kept, 0),
  };
}
