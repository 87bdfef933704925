import { familyOf } from "../../family.js";
import { analytic } from "./analytic.js";
import { analyticDiagonal } from "./analytic-diagonal.js";
import { ancestral } from "./ancestral.js";
import { ddim } from "./ddim.js";
import { eulerMaruyama } from "./euler-maruyama.js";
import { exponentialIntegrator } from "./exponential-integrator.js";
import { fullCovariance } from "./full-covariance.js";
import { heun } from "./heun.js";
import { jvp } from "./jvp.js";

/** Every sampler by its name. */
export const samplers = familyOf(
  eulerMaruyama,
  exponentialIntegrator,
  ancestral,
  analytic,
  analyticDiagonal,
  jvp,
  fullCovariance,
  ddim,
  heun,
);

/** Names of the samplers. */
export type SamplerName = keyof typeof samplers;
