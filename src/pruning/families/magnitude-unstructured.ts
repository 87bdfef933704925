import { requireLength } from "../../errors.js";
import { layoutOf, type NetworkSpec } from "../../network/spec.js";
import type { Mask, MaskFamily } from "../mask.js";
import { notFinite } from "./importance.js";
import { assignByRatio, fullMask, keepCount } from "./select.js";

/**
 * Keeps all biases and, up to ceil(keepRatio * P) parameters in all, the weights of largest absolute value in the whole
 * network; of equal ones the lower index.
 */
export const magnitudeUnstructured: MaskFamily = {
  name: "magnitude-unstructured",
  source:
    "Han, Pool, Tran, Dally: Learning both Weights and Connections, arXiv 1506.02626; masks per client: arXiv 2310.08670",
  assign(context) {
    const { spec, parameters } = context;
    requireLength("parameters", parameters, layoutOf(spec).size);
    // Without its sign bit, a float32 read as an integer is ordered like its absolute value.
    const magnitudes = new Uint32Array(parameters.slice().buffer).map((bits) => bits & 0x7fffffff);
    if (magnitudes.some((bits) => bits >= infinity)) throw notFinite(context);
    return assignByRatio(context, (keepRatio) => largestEntries(spec, magnitudes, keepRatio));
  },
};

const infinity = 0x7f800000;

function largestEntries(spec: NetworkSpec, magnitudes: Uint32Array, keepRatio: number): Mask {
  const { entries, size } = layoutOf(spec);
  const count = keepCount(keepRatio, size);
  if (count === size) return fullMask;
  const keep = new Uint8Array(size);
  for (const { kind, offset, length } of entries) if (kind === "bias") keep.fill(1, offset, offset + length);
  const weights = magnitudes.filter((_, i) => keep[i] === 0);
  const wanted = count - (size - weights.length);
  if (wanted > 0) keepLargest(magnitudes, keep, wanted, nthLargest(weights, wanted));
  return { kind: "unstructured", keep };
}

/** Marks in `keep` the entries above the threshold, and the first ones of those that equal it, `count` in all. */
function keepLargest(magnitudes: Uint32Array, keep: Uint8Array, count: number, threshold: number): void {
  let ties = count;
  for (let i = 0; i < keep.length; i++) if (keep[i] === 0 && magnitudes[i] > threshold) ties--;
  for (let i = 0; i < keep.length; i++) {
    if (keep[i] === 1 || magnitudes[i] < threshold) continue;
    if (magnitudes[i] > threshold || ties-- > 0) keep[i] = 1;
  }
}

/** The n-th largest of some integers below 2^31, n counted from 1: radix selection by the high, then the low 16 bits. */
function nthLargest(values: Uint32Array, n: number): number {
  const high = largestBin(
    values.map((value) => value >>> 16),
    n,
  );
  const low = largestBin(
    values.filter((value) => value >>> 16 === high.bin).map((value) => value & 0xffff),
    high.rest,
  );
  return high.bin * 65536 + low.bin;
}

/** The bin of the n-th largest of some integers below 2^16, and n less the number of those in larger bins. */
function largestBin(values: Uint32Array, n: number): { bin: number; rest: number } {
  const counts = new Uint32Array(65536);
  for (const value of values) counts[value]++;
  let [bin, rest] = [65535, n];
  while (rest > counts[bin]) rest -= counts[bin--];
  return { bin, rest };
}
