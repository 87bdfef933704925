import { familyOf } from "../../family.js";
import { analytic } from "./analytic.js";
import { ancestral } from "./ancestral.js";
import { ddim } from "./ddim.js";
import { eulerMaruyama } from "./euler-maruyama.js";
import { exponentialIntegrator } from "./exponential-integrator.js";
import { heun } from "./heun.js";

/** Every sampler by its name. */
export const samplers = familyOf(eulerMaruyama, exponentialIntegrator, ancestral, analytic, ddim, heun);

/** Names of the samplers. */
export type SamplerName = keyof typeof samplers;
