import { supportsRelaxedSimd } from "fedscore";
import { firstStep, runFederation } from "./federation.js";

/**
 * What a platform does: the strict federation, the relaxed one where it can, the kernels it takes by itself, and the milliseconds
 * from `begin` (of performance.now()), when it began to load this file, to the end of the first training step.
 */
export async function measure(begin) {
  const variant = await firstStep();
  const coldStart = performance.now() - begin;
  const strict = await runFederation("simd", 2);
  const relaxed = supportsRelaxedSimd() ? await runFederation("relaxed", 2) : undefined;
  return { ...strict, relaxed, byItself: variant, coldStart };
}
