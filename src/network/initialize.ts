import type { Engine } from "../kernels/index.js";
import { Purpose } from "../kernels/purpose.js";
import { uniforms } from "../kernels/random.js";
import { layoutOf, type NetworkSpec } from "./spec.js";

/**
 * Fresh parameters, float32 [P]: weights and biases uniform in +-1 / sqrt(fan in), as torch.nn.Linear draws them
 * (LeCun et al. 1998); the numbers are Philox's, keyed by the seed.
 */
export function initializeParameters(engine: Engine, spec: NetworkSpec, seed: number): Float32Array {
  const { entries, size, widths } = layoutOf(spec);
  const parameters = uniforms(engine, size, { seed, purpose: Purpose.initialization });
  for (const { offset, length, layer } of entries) {
    const bound = 1 / Math.sqrt(widths[layer] as number);
    for (let i = offset; i < offset + length; i++) parameters[i] = (2 * (parameters[i] as number) - 1) * bound;
  }
  return parameters;
}
