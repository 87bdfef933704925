import type { CompiledMask, VisitRun } from "./compiled-mask.js";

/** The entries of a vector, float32 [P], that a mask keeps: float32 [kept], in ascending order. */
export function gatherKept(mask: CompiledMask, vector: Float32Array): Float32Array<ArrayBuffer> {
  const kept = new Float32Array(mask.kept);
  eachRun(mask, (start, end, packed) => kept.set(vector.subarray(start, end), packed));
  return kept;
}

/** The inverse: writes float32 [kept] to its places in a vector, float32 [P]; the rest stays. */
export function scatterKept(mask: CompiledMask, kept: Float32Array, vector: Float32Array): void {
  eachRun(mask, (start, end, packed) => vector.set(kept.subarray(packed, packed + end - start), start));
}

/** Visits the runs of entries that a mask keeps, in ascending order. */
export function eachRun(mask: CompiledMask, visit: VisitRun): void {
  if (mask.mask.kind === "unstructured") visitKept(mask.keep, visit);
  else mask.visit(visit);
}

function visitKept(keep: Uint8Array, visit: VisitRun): void {
  let packed = 0;
  for (let start = 0; start < keep.length; start++) {
    if (keep[start] === 0) continue;
    const first = start;
    while (keep[start] === 1) start++;
    visit(first, start, packed);
    packed += start - first;
  }
}
