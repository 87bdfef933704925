import { gaussianAncestralDiscretization } from "../gaussian-discretization.js";
import { worstAncestralDiscretization } from "../worst-case-discretization.js";
import { bridgeEnds, bridgeStep, bridgeStepWithoutExact } from "./bridge.js";
import type { PathCost } from "./path-cost.js";

/** DDPM posterior with the denoiser held for one step: the variance of the bridge itself. */
export const ancestralCost: PathCost = {
  sampler: "ancestral",
  theorem: "ancestral",
  source: "chain rule of KL with I-MMSE (Guo, Shamai, Verdu 2005; Kingma et al., arXiv 2107.00630)",
  gaussianDiscretization: gaussianAncestralDiscretization,
  worstDiscretization: worstAncestralDiscretization,
  crossed: false,
  step: (block, step) => bridgeStep(block, step, 0),
  stepWithoutExact: (block, step) => bridgeStepWithoutExact(block, step, 0),
  ends: bridgeEnds,
};
