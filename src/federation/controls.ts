import type { NetworkSpec } from "../network/spec.js";
import { compileMask } from "../pruning/compiled-mask.js";
import type { ClientStates } from "./client-states.js";
import type { ClientAssignment, ClientState } from "./messages.js";

/**
 * What a server knows of its clients' control variates c_i beside them. Parameter j of client i counts once the client has kept it in a round; then
 * c_j = (sum of w_i c_ij) / (sum of w_i) over the clients for which it counts, w_i the weight of their updates. With whole networks and all clients in each
 * round this is the server's control variate of SCAFFOLD (arXiv 1910.06378, algorithm 1). A client for which it does not count yet has c_j in place of
 * c_ij, so that its first steps there are plain. Never changed in place: a round that fails leaves it as it was.
 */
export interface Controls {
  /** uint8 [P] of each client that has taken part, 0 or 1: where its control variate counts. Clients of one mask may share it. */
  readonly kept: ReadonlyMap<number, Uint8Array>;
  /** float64 [P]: sum of weight * control variate. */
  readonly sum: Float64Array;
  /** float64 [P]: sum of the weights. */
  readonly weights: Float64Array;
}

export function noControls(size: number): Controls {
  return { kept: new Map(), sum: new Float64Array(size), weights: new Float64Array(size) };
}

/** The controls whose sum and clients are known. */
export function controlsOf(
  kept: ReadonlyMap<number, Uint8Array>,
  sum: Float64Array,
  weightOf: (client: number) => number,
): Controls {
  const weights = new Float64Array(sum.length);
  for (const [client, counts] of kept) addWhere(counts, weightOf(client), weights);
  return { kept, sum, weights };
}

/** c, float32 [P]; 0 where no client's counts. */
export function meanControl({ sum, weights }: Controls): Float32Array {
  return Float32Array.from(sum, (value, i) => (weights[i] > 0 ? value / weights[i] : 0));
}

/**
 * What a client is sent of what it carries: its control variate is the mean where it does not count.
 * @param mean float32 [P].
 */
export function sentState({ kept }: Controls, mean: Float32Array, client: number, state: ClientState): ClientState {
  const { control } = state;
  const counts = kept.get(client);
  if (!control || !counts?.includes(0)) return state;
  return { ...state, control: control.map((value, i) => (counts[i] === 1 ? value : mean[i])) };
}

/** What a round has made of the control variates. */
export interface RoundControls {
  readonly network: NetworkSpec;
  /** Clients of the round whose update was finite. */
  readonly assignments: readonly ClientAssignment[];
  /** Before the round. */
  readonly before: ClientStates;
  /** As the clients gave them back. */
  readonly after: ClientStates;
}

/** The controls after a round, and the states, in which nothing has moved that the round's masks do not keep. */
export function controlsAfter(
  { kept, sum, weights }: Controls,
  { network, assignments, before, after }: RoundControls,
): { readonly controls: Controls; readonly states: ClientStates } {
  const next = { kept: new Map(kept), sum: sum.slice(), weights: weights.slice() };
  const states = new Map(after);
  for (const { client, mask, weight } of assignments) {
    const state = after.get(client);
    if (!state?.control) continue;
    const { keep } = compileMask(network, mask);
    const control = before.get(client)?.control?.slice() ?? new Float32Array(sum.length);
    for (let i = 0; i < keep.length; i++) {
      if (keep[i] === 0) continue;
      next.sum[i] += weight * (state.control[i] - control[i]);
      control[i] = state.control[i];
    }
    states.set(client, { ...state, control });
    const counted = kept.get(client);
    const counts = union(counted, keep);
    if (counts === counted) continue;
    addWhere(counts, weight, next.weights, counted);
    next.kept.set(client, counts);
  }
  return { controls: next, states };
}

/** Adds where counts is 1, and before it was not. */
function addWhere(counts: Uint8Array, weight: number, weights: Float64Array, before?: Uint8Array): void {
  for (let i = 0; i < counts.length; i++) if (counts[i] === 1 && before?.[i] !== 1) weights[i] += weight;
}

/** `counted` itself where it has all of keep. */
function union(counted: Uint8Array | undefined, keep: Uint8Array): Uint8Array {
  if (counted === undefined || counted === keep) return keep;
  if (keep.every((one, i) => one <= counted[i])) return counted;
  return counted.map((one, i) => one | keep[i]);
}
