import type { SamplerName } from "../../diffusion/samplers/index.js";
import { analyticCost } from "./analytic.js";
import { analyticDiagonalCost } from "./analytic-diagonal.js";
import { ancestralCost } from "./ancestral.js";
import { eulerMaruyamaCost } from "./euler-maruyama.js";
import { exponentialIntegratorCost } from "./exponential-integrator.js";
import { fullCovarianceCost } from "./full-covariance.js";
import { jvpCost } from "./jvp.js";
import type { PathCost } from "./path-cost.js";

/** Every path KL. Deterministic samplers have none, and a certificate of another kind: src/theory/flow. */
export const pathCosts: readonly PathCost[] = [
  ancestralCost,
  analyticCost,
  analyticDiagonalCost,
  jvpCost,
  fullCovarianceCost,
  exponentialIntegratorCost,
  eulerMaruyamaCost,
];

/** The path KL of a sampler; undefined for samplers that have none, such as deterministic ones. */
export function pathCostOf(sampler: SamplerName): PathCost | undefined {
  return pathCosts.find((cost) => cost.sampler === sampler);
}
