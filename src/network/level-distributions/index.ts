import { createFrom, type FilledSpecOf, familyOf, type SpecOf } from "../../family.js";
import { type Engine, portableMath } from "../../kernels/index.js";
import type { LevelDensity } from "./distribution.js";
import { importance } from "./importance.js";
import { logNormal } from "./log-normal.js";
import { uniform } from "./uniform.js";

/** Every distribution of noise levels by its kind. */
export const levelDistributions = familyOf(uniform, logNormal, importance);

/** A distribution of noise levels, as plain data: `kind` is its name, settings may be absent for their defaults. */
export type LevelDistributionSpec = SpecOf<typeof levelDistributions>;

/** With all its defaults. */
export type CompleteDistribution = FilledSpecOf<typeof levelDistributions>;

export function createDensity(engine: Engine, spec: LevelDistributionSpec): LevelDensity {
  return createFrom(levelDistributions, "distribution", spec, portableMath(engine));
}
