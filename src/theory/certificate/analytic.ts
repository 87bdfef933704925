import { excessVariance } from "../../diffusion/samplers/analytic.js";
import { gaussianAnalyticDiscretization } from "../gaussian-discretization.js";
import { worstAnalyticDiscretization } from "../worst-case-discretization.js";
import { bridgeEnds, bridgeStep, bridgeStepWithoutExact } from "./bridge.js";
import type { PathCost } from "./path-cost.js";

/** Steps whose variance was fixed beforehand by the denoiser's error, which the grid carries. */
export const analyticCost: PathCost = {
  sampler: "analytic",
  theorem: "analytic",
  source: "chain rule of KL with I-MMSE, for any isotropic variance (docs/theory.md, 2h; Bao et al., arXiv 2201.06503)",
  gaussianDiscretization: gaussianAnalyticDiscretization,
  worstDiscretization: worstAnalyticDiscretization,
  crossed: false,
  step: (block, step) => bridgeStep(block, step, excessVariance(step.from, step.to)),
  stepWithoutExact: (block, step) => bridgeStepWithoutExact(block, step, excessVariance(step.from, step.to)),
  ends: bridgeEnds,
};
