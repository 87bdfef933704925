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
  defensive: z
    .strictObject({
      high: finite.describe("KL to the defensive sampler is at most this, nats, whatever the law of the rows."),
      estimate: finite,
      unit: z.literal("nats"),
      confidence: finite.describe("Of this end alone."),
      share: finite.describe("Probability that the defensive sampler draws from the Gaussian."),
      variance: finite.describe("Of the Gaussian N(0, variance I)."),
      largest: finite.describe("What the log ratio of a row nowhere exceeds, nats."),
      rows: count.describe("Rows of the data law that are bet on."),
      about: z.string().describe("Which sampler it is about, in words."),
    })
    .exactOptional()
    .describe(
      "Upper end of another KL, that to the defensive sampler and not to p_theta, with no assumption on the rows. Only where the config asks for it.",
    ),
  sampler: z.string(),
  dimension: count,
  assumptions: bound.shape.assumptions,
  caveat: z.string().exactOptional().describe("Which events may have been missed, where any may."),
});
