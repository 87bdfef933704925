import { ArgumentError, requireInteger, requireMethods } from "../../errors.js";
import { complete, createFrom, type FilledSpecOf, familyOf, type SpecOf } from "../../family.js";
import type { Aggregation, OwnAggregation } from "./aggregation.js";
import { geometricMedian } from "./geometric-median.js";
import { krum } from "./krum.js";
import { mean } from "./mean.js";
import { median } from "./median.js";
import { multiKrum } from "./multi-krum.js";
import { normClipping } from "./norm-clipping.js";
import { trimmedMean } from "./trimmed-mean.js";

export type { AggregatedUpdate, Aggregation, OwnAggregation, SingleUpdate } from "./aggregation.js";

/** Every aggregation rule by its kind. */
export const aggregations = familyOf(mean, median, trimmedMean, normClipping, krum, multiKrum, geometricMedian);

/** How updates become one, as plain data: `kind` is the rule's name, settings may be absent for their defaults. */
export type AggregationSpec = SpecOf<typeof aggregations>;

/** A specification with all its defaults, or a rule of the caller's own. */
export type CompleteAggregation = FilledSpecOf<typeof aggregations> | OwnAggregation;

/** @throws ArgumentError or ArgumentTypeError naming what is out of range, as `${argument}.trim`. */
export function completeAggregation(argument: string, spec: AggregationSpec | OwnAggregation): CompleteAggregation {
  return isOwnAggregation(spec) ? requireOwn(argument, spec) : complete(aggregations, argument, spec);
}

/** The rule that is meant. Throws as `completeAggregation`. */
export function createAggregation(argument: string, spec: AggregationSpec | OwnAggregation): Aggregation {
  if (!isOwnAggregation(spec)) return createFrom(aggregations, argument, spec);
  const { leastUpdates = 1 } = requireOwn(argument, spec);
  return {
    ...{ needsUpdates: true, weighted: true, leastUpdates },
    aggregate: (updates, into) => spec.aggregate(updates, into),
  };
}

/** Whether it is a rule and no specification. */
export function isOwnAggregation(spec: AggregationSpec | OwnAggregation): spec is OwnAggregation {
  return typeof spec === "object" && spec !== null && "aggregate" in spec;
}

/** What messages call it. */
export function aggregationName(spec: AggregationSpec | OwnAggregation): string {
  return isOwnAggregation(spec) ? spec.name : spec.kind;
}

function requireOwn(argument: string, rule: OwnAggregation): OwnAggregation {
  requireMethods(argument, rule, ["aggregate"]);
  const { name, leastUpdates } = rule;
  if (typeof name !== "string" || name === "") throw new ArgumentError(`${argument}.name`, "must be a name", name);
  if (leastUpdates !== undefined) requireInteger(`${argument}.leastUpdates`, leastUpdates, 1);
  return rule;
}
