import { gaussianExponentialIntegratorDiscretization } from "../gaussian-discretization.js";
import { worstExponentialIntegratorDiscretization } from "../worst-case-discretization.js";
import { girsanovEnds, girsanovStep, girsanovStepWithoutExact } from "./girsanov.js";
import type { PathCost } from "./path-cost.js";

/** Reverse OU SDE with the score held for one step: E integral of |s_theta(Y_k) - g_t|^2 dt. */
export const exponentialIntegratorCost: PathCost = {
  sampler: "exponential-integrator",
  theorem: "exponential-integrator",
  source: "Girsanov (Chen et al., arXiv 2209.11215; Benton et al., arXiv 2308.03686)",
  gaussianDiscretization: gaussianExponentialIntegratorDiscretization,
  worstDiscretization: worstExponentialIntegratorDiscretization,
  crossed: true,
  step: (block, step) => girsanovStep(block, step, { frozenState: false }),
  stepWithoutExact: (block, step) => girsanovStepWithoutExact(block, step, { frozenState: false }),
  ends: girsanovEnds,
};
