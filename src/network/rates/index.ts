import { createFrom, familyOf, type SpecOf } from "../../family.js";
import { type Engine, portableMath } from "../../kernels/index.js";
import { constant } from "./constant.js";
import { cosine } from "./cosine.js";
import { inverseSqrt } from "./inverse-sqrt.js";
import type { Rate } from "./rate.js";
import { staircase } from "./staircase.js";

export type { Rate, RateStep } from "./rate.js";

/** Every schedule of the learning rate by its kind. */
export const rates = familyOf(constant, cosine, inverseSqrt, staircase);

/** A schedule of the learning rate, as plain data: `kind` is its name, settings may be absent for their defaults. */
export type RateSpec = SpecOf<typeof rates>;

/**
 * The schedule of a specification: the same bits in every JavaScript engine.
 * @throws ArgumentError or ArgumentTypeError naming the setting that is out of range, as `rate.rounds`.
 */
export function createRate(engine: Engine, spec: RateSpec): Rate {
  return createFrom(rates, "rate", spec, portableMath(engine));
}

/** Whether all steps have one rate. */
export function isOneRate(rate: RateSpec | undefined): boolean {
  return rate === undefined || (rate.kind === "constant" && !rate.warmup);
}
