import { requireLength } from "../errors.js";
import { layoutOf, type NetworkSpec } from "../network/spec.js";
import { visitKept } from "./expand.js";
import { requireWeight } from "./fold.js";
import { groupMasks } from "./group.js";
import type { Mask } from "./mask.js";
import { keptParameters } from "./submodel.js";

/**
 * The coordinator's half of averaging over differently pruned clients (arXiv 2310.08670, algorithm 1): each parameter moves by
 * the weighted mean of the updates of those clients whose mask keeps it, and stays where there are none. Its vectors live in
 * JavaScript between rounds, so these loops run there: copying them into WebAssembly takes as long as the loop.
 */

/**
 * total[i] += sum[i] on the parameters that the mask keeps: `sum` has the shape of its submodel. Add block sums in block order and
 * the bytes do not depend on the order of arrival.
 */
export function addBlockSum(
  spec: NetworkSpec,
  mask: Exclude<Mask, { readonly kind: "unstructured" }>,
  sum: Float32Array,
  total: Float64Array,
): void {
  requireLength("total", total, layoutOf(spec).size);
  requireLength("sum", sum, keptParameters(spec, mask));
  if (mask.kind === "full") {
    for (let i = 0; i < total.length; i++) total[i] += sum[i];
    return;
  }
  visitKept(spec, mask, (start, end, packed) => {
    for (let i = start; i < end; i++) total[i] += sum[packed + i - start];
  });
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

/**
 * For each parameter the total weight of the clients that keep it; mask n has weight n.
 * @param coverage float64 [P], overwritten and returned.
 */
export function coverageOf(
  spec: NetworkSpec,
  masks: readonly Mask[],
  weights: readonly number[],
  coverage: Float64Array = new Float64Array(layoutOf(spec).size),
): Float64Array {
  requireLength("weights", weights, masks.length);
  coverage.fill(0);
  for (const { mask, weight } of groupMasks(masks, weights)) addCoverage(spec, mask, weight, coverage);
  return coverage;
}

/** Makes of total, in place, the update that a server optimizer takes: total[i] / coverage[i], or 0 where coverage[i] is 0. */
export function averageInPlace(total: Float64Array, coverage: Float64Array): void {
  requireLength("coverage", coverage, total.length);
  for (let i = 0; i < total.length; i++) total[i] = coverage[i] > 0 ? total[i] / coverage[i] : 0;
}
