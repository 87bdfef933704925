import type { Estimate } from "../divergence/divergence.js";
import { requireNumber, requireText } from "../errors.js";
import { memberNamed } from "../family.js";
import type { Bound } from "./bound.js";
import type { KlInterval } from "./interval/kl-interval.js";
import type { LowerBound } from "./lower-bound/lower-bound.js";
import { theorems } from "./registry/index.js";

/** Throws unless an object is a lower bound, as far as a sandwich reads it. */
export function requireLowerBound(
  argument: string,
  { theorem, value, estimate, confidence, method }: LowerBound,
): void {
  memberNamed(theorems, `${argument}.theorem`, theorem);
  requireFinite(argument, { value, estimate, confidence });
  requireText(`${argument}.method`, method);
}

/** Throws unless an object is a two-sided interval, as far as a sandwich reads it. */
export function requireInterval(argument: string, { theorem, low, high, confidence, k, proposal }: KlInterval): void {
  memberNamed(theorems, `${argument}.theorem`, theorem);
  requireFinite(argument, { low, high, confidence, k });
  requireText(`${argument}.proposal`, proposal);
}

/** Throws unless an object is an estimate with an interval. */
export function requireEstimate(argument: string, { value, low, high }: Estimate): void {
  requireFinite(argument, { value, low, high });
}

/** Throws unless an object is an upper bound, as far as a sandwich reads it. */
export function requireBound(argument: string, { name, theorem, value, upper, confidence, vacuous }: Bound): void {
  requireText(`${argument}.name`, name);
  memberNamed(theorems, `${argument}.theorem`, theorem);
  if (value !== null) requireNumber(`${argument}.value`, value);
  if (upper !== null) requireNumber(`${argument}.upper`, upper);
  requireFinite(argument, { confidence });
  if (vacuous !== undefined) requireText(`${argument}.vacuous`, vacuous);
}

function requireFinite(argument: string, values: Readonly<Record<string, number>>): void {
  for (const [key, value] of Object.entries(values)) requireNumber(`${argument}.${key}`, value);
}
