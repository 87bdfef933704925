import { requireObject } from "../../errors.js";
import { complete, createFrom, type FilledSpecOf, familyOf, type SpecOf } from "../../family.js";
import { type Engine, portableMath } from "../../kernels/index.js";
import type { AverageRule } from "./average.js";
import { decayField, exponential } from "./exponential.js";
import { power } from "./power.js";

/** Every moving average by its kind. */
export const averages = familyOf(exponential, power);

/** A moving average, as plain data: `kind` is its name, settings may be absent for their defaults. A number is the decay of an exponential one. */
export type AverageSpec = number | SpecOf<typeof averages>;

/** With all its defaults. */
export type CompleteAverage = number | FilledSpecOf<typeof averages>;

/** @throws ArgumentError or ArgumentTypeError naming what is out of range, as `ema.decay`. */
export function completeAverage(argument: string, spec: AverageSpec): CompleteAverage {
  if (typeof spec === "number") return decayField.check(argument, spec);
  return complete(averages, argument, requireObject(argument, spec, "must be a number or an object with a kind"));
}

/** The rule of a complete specification: the same bits in every JavaScript engine. */
export function createAverage(engine: Engine, spec: CompleteAverage): AverageRule {
  const named = typeof spec === "number" ? ({ kind: "exponential", decay: spec } as const) : spec;
  return createFrom(averages, "ema", named, portableMath(engine));
}
