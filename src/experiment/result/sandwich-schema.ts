import * as z from "zod";
import { bound } from "./bound-schema.js";
import { notComputed } from "./not-computed.js";

const finite = z.number();
const count = z.int().gte(0);

/** The lower bound of result.json. */
export const lowerBoundResult = z.strictObject({
  theorem: bound.shape.theorem,
  value: finite.describe("The lower confidence end: the number that counts."),
  estimate: finite.describe("Without the confidence margin."),
  confidence: finite.describe("One-sided."),
  unit: z.literal("nats"),
  bitsPerDimension: finite,
  method: z.string().describe("The function of the samples that tells them from the data law."),
  rows: z
    .strictObject({ choice: count, evaluation: count })
    .describe("Rows of both samples that chose the function, and that the bound was evaluated on."),
  assumptions: bound.shape.assumptions,
});

/** The comparison of bounds of result.json. */
export const sandwichResult = z.strictObject({
  rows: z.array(
    z.strictObject({
      role: z.enum([
        ...["lower bound", "estimate", "exact", "certificate"],
        ...["a-priori bound", "a-priori bound, last network"],
      ] as const),
      name: z.string(),
      value: finite.nullable().describe("Nats: what the row claims; null where there is nothing."),
      low: finite.nullable(),
      high: finite.nullable(),
      confidence: finite.nullable(),
      theorem: z.string().nullable(),
      reason: z.string().nullable().describe("Why there is no value."),
      estimate: notComputed.exactOptional().describe("Present where the estimate of the row could not be computed."),
    }),
  ),
  notes: z.array(z.string()),
});
