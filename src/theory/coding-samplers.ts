import { analytic } from "../diffusion/samplers/analytic.js";
import { analyticDiagonal } from "../diffusion/samplers/analytic-diagonal.js";
import { ancestral } from "../diffusion/samplers/ancestral.js";
import { fullCovariance } from "../diffusion/samplers/full-covariance.js";
import type { SamplerName } from "../diffusion/samplers/index.js";
import { jvp } from "../diffusion/samplers/jvp.js";
import { familyOf } from "../family.js";
import { mostDimensions } from "./step-noise.js";

/** The samplers whose steps code rows: their mean is that of the bridge, so that what a step costs of a row needs no exact denoiser. */
export const codingSamplers = familyOf(ancestral, analytic, analyticDiagonal, jvp, fullCovariance);

/** Names of the samplers whose steps code rows. */
export type CodingSamplerName = keyof typeof codingSamplers;

/** Whose steps code rows for a sampler: its own where they can, else those of `ancestral`. */
export function coderFor(sampler: SamplerName, dimension: number): CodingSamplerName {
  const own = Object.keys(codingSamplers).find((name): name is CodingSamplerName => name === sampler);
  return own !== undefined && dimension <= (mostDimensions[own] ?? dimension) ? own : "ancestral";
}
