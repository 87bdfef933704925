import { FedscoreError } from "../../errors.js";
import { layoutOf, type NetworkSpec } from "../../network/spec.js";
import type { Mask, MaskContext } from "../mask.js";
import { assignByRatio, type NeuronGroup, neuronGroups, selectMask } from "./select.js";

/** What entry `index` of the flat parameter vector adds to the score of a neuron that it belongs to. */
export type ParameterScore = (index: number, kind: "weight" | "bias") => number;

/**
 * Scores of the neurons of each group: the sum over the parameters that leave with the neuron, its incoming and outgoing weights
 * and its bias, each counted once.
 */
export function neuronScores(spec: NetworkSpec, score: ParameterScore): Float64Array[] {
  const groups = neuronGroups(spec);
  const scores = groups.map(({ width }) => new Float64Array(width));
  const groupOf = (units: number) => groups.findIndex(({ layers }) => layers.includes(units - 1));
  const { entries, maps } = layoutOf(spec);
  for (const { kind, layer, offset, shape } of entries) {
    const [outputs, inputs] = [groupOf(maps[layer].rows), groupOf(maps[layer].columns)];
    const [rows, columns] = [shape[0], kind === "weight" ? shape[1] : 1];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const value = score(offset + row * columns + column, kind);
        if (outputs >= 0) scores[outputs][row] += value;
        const counted = inputs === outputs && row === column;
        if (kind === "weight" && inputs >= 0 && !counted) scores[inputs][column] += value;
      }
    }
  }
  return scores;
}

/** Indices of the `count` largest scores, ascending; of equal scores the lower index. */
export function largest(scores: Float64Array, count: number): Uint32Array {
  const order = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a] || a - b);
  return Uint32Array.from(order.slice(0, count)).sort();
}

/** Masks that keep each layer's neurons of largest score. Throws FEDSCORE_NON_FINITE where a score is not finite. */
export function assignByScore(context: MaskContext, score: ParameterScore): Mask[] {
  const scores = neuronScores(context.spec, score);
  if (!scores.every((group) => group.every(Number.isFinite))) throw notFinite(context);
  const select = ({ index }: NeuronGroup, count: number) => largest(scores[index], count);
  return assignByRatio(context, (keepRatio) => selectMask(context.spec, keepRatio, select));
}

export function notFinite({ round }: MaskContext): FedscoreError {
  const message = `round ${round}: parameters or update of the server have NaN or Infinity, so they cannot be ranked`;
  return new FedscoreError("FEDSCORE_NON_FINITE", message, { round });
}
