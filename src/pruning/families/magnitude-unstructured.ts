import { requireLength } from "../../errors.js";
import { layoutOf, type NetworkSpec } from "../../network/spec.js";
import { type Mask, maskFamily } from "../mask.js";
import { notFinite } from "./importance.js";
import { assignByRatio, fullMask, keepCount } from "./select.js";

/**
 * Keeps all B biases, whatever the keep ratio, and the ceil(keepRatio * P) - B weights of largest absolute value in the whole
 * network, none where that is below 0; of equal ones the lower index.
 */
export const magnitudeUnstructured = maskFamily({
  name: "magnitude-unstructured",
  source:
    "Han, Pool, Tran, Dally: Learning both Weights and Connections, arXiv 1506.02626; masks per client: arXiv 2310.08670",
  assign(context) {
    const { spec, parameters } = context;
    requireLength("parameters", parameters, layoutOf(spec).size);
    const magnitudes = magnitudesOf(parameters);
    for (let i = 0; i < magnitudes.length; i++) if (magnitudes[i] >= infinity) throw notFinite(context);
    return assignByRatio(context, (keepRatio) => largestEntries(spec, magnitudes, keepRatio));
  },
});

const infinity = 0x7f800000;

/** float32 read as integers without the sign bit, which are ordered like absolute values. */
function magnitudesOf(parameters: Float32Array): Uint32Array {
  const bits = new Uint32Array(parameters.slice().buffer);
  for (let i = 0; i < bits.length; i++) bits[i] &= 0x7fffffff;
  return bits;
}

function largestEntries(spec: NetworkSpec, magnitudes: Uint32Array, keepRatio: number): Mask {
  const { entries, size } = layoutOf(spec);
  const count = keepCount(keepRatio, size);
  if (count === size) return fullMask;
  const keep = new Uint8Array(size);
  let weights = count;
  for (const { kind, offset, length } of entries) {
    if (kind === "weight") continue;
    keep.fill(1, offset, offset + length);
    weights -= length;
  }
  if (weights > 0) keepLargest(magnitudes, keep, weights);
  return { kind: "unstructured", keep };
}

/** Marks in `keep` the `count` largest of the entries that it does not mark yet, the first ones of equals. */
function keepLargest(magnitudes: Uint32Array, keep: Uint8Array, count: number): void {
  const { threshold, ties } = nthLargest(magnitudes, keep, count);
  let left = ties;
  for (let i = 0; i < keep.length; i++) {
    if (keep[i] === 1 || magnitudes[i] < threshold) continue;
    if (magnitudes[i] > threshold || left-- > 0) keep[i] = 1;
  }
}

/**
 * The n-th largest of the entries that `skip` does not mark, n from 1, and which of its equals that is, from 1: radix selection by
 * the high, then the low 16 bits.
 */
function nthLargest(values: Uint32Array, skip: Uint8Array, n: number): { threshold: number; ties: number } {
  const counts = new Uint32Array(65536);
  for (let i = 0; i < values.length; i++) if (skip[i] === 0) counts[values[i] >>> 16]++;
  const high = largestBin(counts, n);
  counts.fill(0);
  for (let i = 0; i < values.length; i++) {
    if (skip[i] === 0 && values[i] >>> 16 === high.bin) counts[values[i] & 0xffff]++;
  }
  const low = largestBin(counts, high.rest);
  return { threshold: high.bin * 65536 + low.bin, ties: low.rest };
}

/** The bin that holds the n-th largest, and n less the number of entries in larger bins. */
function largestBin(counts: Uint32Array, n: number): { bin: number; rest: number } {
  let [bin, rest] = [counts.length - 1, n];
  while (rest > counts[bin]) rest -= counts[bin--];
  return { bin, rest };
}
