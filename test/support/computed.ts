import { type Computed, isNotComputed } from "../../src/experiment/result/not-computed.js";

/** A part of a result that must be there. */
export function computed<P>(part: P): Computed<P> {
  if (isComputed(part)) return part;
  throw new Error(`not computed: ${JSON.stringify(part)}`);
}

function isComputed<P>(part: P): part is P & Computed<P> {
  return part !== null && part !== undefined && !isNotComputed(part);
}
