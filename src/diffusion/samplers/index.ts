import { createFrom, type Family, type Fields, familyOf, memberNamed, type SpecOf } from "../../family.js";
import type { Sampler } from "../sampler.js";
import { analytic } from "./analytic.js";
import { analyticDiagonal } from "./analytic-diagonal.js";
import { ancestral } from "./ancestral.js";
import { ddim } from "./ddim.js";
import { dpmSolver2m } from "./dpm-solver-2m.js";
import { dpmSolver2mSde } from "./dpm-solver-2m-sde.js";
import { eulerMaruyama } from "./euler-maruyama.js";
import { exponentialIntegrator } from "./exponential-integrator.js";
import { fullCovariance } from "./full-covariance.js";
import { heun } from "./heun.js";
import { jvp } from "./jvp.js";
import { predictorCorrector } from "./predictor-corrector.js";
import { rk45 } from "./rk45.js";

/** Every sampler by its name, with its default settings. */
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
  dpmSolver2m,
  dpmSolver2mSde,
  predictorCorrector,
  rk45,
);

/** Names of the samplers. */
export type SamplerName = keyof typeof samplers;

type Samplers = typeof samplers;
type Settled = {
  readonly [Name in keyof Samplers as keyof Samplers[Name]["fields"] extends never ? never : Name]: Samplers[Name];
};

/** Those with settings. */
export const settledSamplers = Object.fromEntries(
  Object.entries(samplers).filter(([, { fields }]) => Object.keys(fields).length > 0),
) as Settled;

/** A sampler as plain data: its name, which stands for its default settings, or its kind and settings where it has any. */
export type SamplerSpec = SamplerName | SpecOf<typeof settledSamplers>;

/** The name of the sampler that a specification is of. */
export function samplerName(spec: SamplerSpec): SamplerName {
  return typeof spec === "string" ? spec : spec.kind;
}

/**
 * The sampler that a specification names; `argument` is what messages call it.
 * @throws ArgumentError or ArgumentTypeError for an unknown name, a setting out of range or one that the sampler has not.
 */
export function createSampler(spec: SamplerSpec, argument = "sampler"): Sampler {
  if (typeof spec === "string") return memberNamed<Sampler>(samplers, argument, spec);
  const family: Family<readonly [], Sampler> = settledSamplers;
  return createFrom(family, argument, spec);
}

/** The setting of a sampler that is not its default, in words: certificates know samplers by their defaults alone. */
export function changedSetting(spec: SamplerSpec): string | undefined {
  if (typeof spec === "string") return undefined;
  const fields: Fields = settledSamplers[spec.kind].fields;
  const changed = Object.entries(spec).find(
    ([key, value]) => key !== "kind" && value !== undefined && value !== fields[key]?.absent,
  );
  return changed && `${changed[0]} ${changed[1]}`;
}
