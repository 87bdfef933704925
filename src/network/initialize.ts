import { requireInteger } from "../errors.js";
import { type Engine, Purpose, uniforms } from "../kernels/index.js";
import { layoutOf, type NetworkSpec } from "./spec.js";

/**
 * Fresh parameters, float32 [P]: hidden weights uniform in +-sqrt(6 / fan in) (He et al. 2015, arXiv 1502.01852, so that signals keep their
 * scale from layer to layer and the activations bend them), output weights and all biases uniform in +-1 / sqrt(fan in). Modulations are 0:
 * they start as none (as adaLN-zero does, Peebles, Xie 2023, arXiv 2212.09748).
 * The numbers are Philox's, keyed by the seed.
 */
export function initializeParameters(engine: Engine, spec: NetworkSpec, seed: number): Float32Array {
  const { entries, size, maps } = layoutOf(spec);
  requireInteger("seed", seed, 0);
  const parameters = uniforms(engine, size, { seed, purpose: Purpose.initialization });
  for (const { offset, length, layer, kind } of entries) {
    const { role, layer: position, fanIn } = maps[layer];
    if (role !== "layer") {
      parameters.fill(0, offset, offset + length);
      continue;
    }
    const hidden = position < spec.hidden.length;
    const bound = Math.sqrt((kind === "weight" && hidden ? 6 : 1) / fanIn);
    for (let i = offset; i < offset + length; i++) parameters[i] = (2 * parameters[i] - 1) * bound;
  }
  return parameters;
}
