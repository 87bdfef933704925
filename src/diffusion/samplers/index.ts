import type { Sampler } from "../sampler.js";
import { ancestral } from "./ancestral.js";
import { ddim } from "./ddim.js";
import { eulerMaruyama } from "./euler-maruyama.js";
import { exponentialIntegrator } from "./exponential-integrator.js";

/** Every sampler by its name. */
export const samplers = {
  "euler-maruyama": eulerMaruyama,
  "exponential-integrator": exponentialIntegrator,
  ancestral,
  ddim,
} as const satisfies Record<string, Sampler>;

/** Names of the samplers. */
export type SamplerName = keyof typeof samplers;
