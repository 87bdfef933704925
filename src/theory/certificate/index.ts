import type { SamplerName } from "../../diffusion/samplers/index.js";
import { ancestralCost } from "./ancestral.js";
import { eulerMaruyamaCost } from "./euler-maruyama.js";
import { exponentialIntegratorCost } from "./exponential-integrator.js";
import type { PathCost } from "./path-cost.js";

const costs: readonly PathCost[] = [ancestralCost, exponentialIntegratorCost, eulerMaruyamaCost];

/** The path KL of a sampler; undefined for samplers that have none (deterministic ones). */
export function pathCostOf(sampler: SamplerName): PathCost | undefined {
  return costs.find((cost) => cost.samplers.includes(sampler));
}
