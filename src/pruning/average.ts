import { requireLength } from "../errors.js";
import { layoutOf, type NetworkSpec } from "../network/spec.js";
import { visitKept } from "./expand.js";
import { requireWeight } from "./fold.js";
import { groupMasks } from "./group.js";
import type { Mask } from "./mask.js";

/**
 * The coordinator's half of averaging over differently pruned clients (arXiv 2310.08670, algorithm 1): each parameter moves by
 * the weighted mean of the updates of those clients whose mask keeps it, and stays where there are none. Its vectors live in
 * JavaScript between rounds, so these loops run there: copying them into WebAssembly takes as long as the loop.
 */

/** total[i] += sum[i]; add block sums in block order and the bytes do not depend on the order of arrival. */
export function addBlockSum(total: Float64Array, sum: Float32Array): void {
  requireLength("sum", sum, total.length);
  for (let i = 0; i < total.length; i++) total[i] = total[i] + sum[i];
}

/** coverage[i] += weight for each parameter i that the mask keeps; coverage has one entry per parameter. */
export function addCoverage(
  spec: NetworkSpec,
  mask: Mask,
  weight: number,
  coverage: Float64Array | Float32Array,
): void {
  requireWeight(weight);
  requireLength("coverage", coverage, layoutOf(spec).size);
  const add = (start: number, end: number) => {
    for (let i = start; i < end; i++) coverage[i] += weight;
  };
  if (mask.kind === "full") {
    add(0, coverage.length);
  } else if (mask.kind === "structured") {
    visitKept(spec, mask, add);
  } else {
    requireLength("mask.keep", mask.keep, coverage.length);
    for (let i = 0; i < coverage.length; i++) if (mask.keep[i] === 1) coverage[i] += weight;
  }
}

/** float64 [P]: for each parameter the total weight of the clients that keep it; mask n has weight n. */
export function coverageOf(spec: NetworkSpec, masks: readonly Mask[], weights: readonly number[]): Float64Array {
  requireLength("weights", weights, masks.length);
  const coverage = new Float64Array(layoutOf(spec).size);
  for (const { mask, weight } of groupMasks(masks, weights)) addCoverage(spec, mask, weight, coverage);
  return coverage;
}

/** float64 [P]: total[i] / coverage[i] where coverage[i] > 0, else 0. The update that a server optimizer takes. */
export function averageUpdate(total: Float64Array, coverage: Float64Array): Float64Array {
  requireLength("coverage", coverage, total.length);
  const update = new Float64Array(total.length);
  for (let i = 0; i < update.length; i++) if (coverage[i] > 0) update[i] = total[i] / coverage[i];
  return update;
}
