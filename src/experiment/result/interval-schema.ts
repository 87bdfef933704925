import * as z from "zod";
import { proposals } from "../../theory/interval/proposals/index.js";
import { nameIn } from "../config/rules.js";
import { bound } from "./bound-schema.js";

const finite = z.number();
const count = z.int().gte(0);

/** The two-sided interval of result.json. */
export const klIntervalResult = z.strictObject({
  theorem: bound.shape.theorem,
  low: finite.describe("KL is at least this, nats."),
  high: finite.describe("KL is at most this, nats."),
  unit: z.literal("nats"),
  confidence: finite.describe("Of both ends together; each is missed with at most half of the rest."),
  bitsPerDimension: finite.describe("The upper end."),
  estimates: z
    .strictObject({ low: finite, high: finite })
    .describe("The ends without their confidence margins; the lower one may be below 0."),
  k: count.describe("Paths that are weighed for each row."),
  rows: z.strictObject({ law: count, sampler: count }).describe("Rows of the data law, and of the sampler."),
  proposal: nameIn(proposals).describe("How paths were proposed."),
  logWeightVariance: finite.describe(
    "Of log w over the paths of a row: where it exceeds log k, more paths narrow the interval.",
  ),
  stray: z
    .strictObject({ value: finite, upper: finite })
    .describe("Share of the samples that lie where the data law has next to nothing, and its upper end."),
  sampler: z.string(),
  dimension: count,
  assumptions: bound.shape.assumptions,
  caveat: z.string().exactOptional().describe("Which events may have been missed, where any may."),
});
