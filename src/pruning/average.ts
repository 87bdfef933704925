import { requireLength } from "../errors.js";
import { layoutOf, type NetworkSpec } from "../network/spec.js";
import { inPieces } from "../pieces.js";
import { compileMask } from "./compiled-mask.js";
import { requireWeight } from "./fold.js";
import type { MaskGroup } from "./group.js";
import type { Mask } from "./mask.js";

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
  const compiled = compileMask(spec, mask);
  requireLength("sum", sum, compiled.kept);
  compiled.visit((start, end, packed) => addRun(sum, packed, end - start, total, start));
}

/** total[to + i] += sum[from + i] for i < length: four at a time, which takes half as long as one at a time. */
function addRun(sum: Float32Array, from: number, length: number, total: Float64Array, to: number): void {
  const end = to + length;
  let i = to;
  let k = from;
  for (; i + 4 <= end; i += 4, k += 4) {
    total[i] += sum[k];
    total[i + 1] += sum[k + 1];
    total[i + 2] += sum[k + 2];
    total[i + 3] += sum[k + 3];
  }
  for (; i < end; i++, k++) total[i] += sum[k];
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
  if (mask.kind === "unstructured") {
    requireLength("mask.keep", mask.keep, coverage.length);
    for (let i = 0; i < coverage.length; i++) if (mask.keep[i] === 1) coverage[i] += weight;
    return;
  }
  compileMask(spec, mask).visit((start, end) => {
    for (let i = start; i < end; i++) coverage[i] += weight;
  });
}

/**
 * For each parameter the total weight of the clients that keep it.
 * @param coverage float64 [P], overwritten and returned.
 */
export function coverageOf(
  spec: NetworkSpec,
  groups: readonly MaskGroup[],
  coverage: Float64Array = new Float64Array(layoutOf(spec).size),
): Float64Array {
  coverage.fill(0);
  for (const { mask, weight } of groups) addCoverage(spec, mask, weight, coverage);
  return coverage;
}

/**
 * Makes of total, in place, the update that a server optimizer takes: total[i] / coverage[i], or 0 where coverage[i] is 0. In one pass,
 * because vectors of this length do not stay in the caches.
 * @param rounded float32 [P], overwritten with the same.
 * @returns true where all of it is finite.
 */
export function averageInPlace(total: Float64Array, coverage: Float64Array, rounded: Float32Array): boolean {
  requireLength("coverage", coverage, total.length);
  requireLength("rounded", rounded, total.length);
  const broken = new Float64Array(1);
  inPieces(total.length, averageEntries, total, coverage, rounded, broken);
  return broken[0] === 0;
}

/** @param broken is no longer 0 where an entry is not finite. */
function averageEntries(
  start: number,
  end: number,
  total: Float64Array,
  coverage: Float64Array,
  rounded: Float32Array,
  broken: Float64Array,
): void {
  // From an array: V8 14 keeps a sum that starts with the integer 0 in a slower form.
  let excess = broken[0];
  for (let i = start; i < end; i++) {
    const weight = coverage[i];
    const mean = weight > 0 ? total[i] / weight : 0;
    total[i] = mean;
    rounded[i] = mean;
    excess += mean - mean;
  }
  broken[0] = excess;
}
