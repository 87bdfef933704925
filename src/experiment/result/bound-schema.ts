import * as z from "zod";

const count = z.int().gte(0);
const finite = z.number();

const term = z.strictObject({
  value: finite,
  upper: finite.describe("One-sided upper confidence end."),
  meaning: z.string(),
});

/** A bound on KL, as result.json has it. */
export const bound = z.strictObject({
  name: z.string(),
  theorem: z.string().describe("Key in the theorem registry."),
  value: finite.nullable().describe("Estimate of the bound; null where an assumption fails."),
  upper: finite.nullable().describe("Its one-sided upper confidence end: the number that counts."),
  unit: z.literal("nats"),
  bitsPerDimension: finite.nullable().describe("The upper end divided by d log 2."),
  confidence: finite,
  terms: z.record(z.string(), term).describe("What the bound is made of, by name."),
  assumptions: z.array(
    z.strictObject({
      statement: z.string(),
      met: z.boolean().describe("False where it was checked and fails: there is no value then."),
      assumed: z.literal(true).exactOptional().describe("Taken for granted: nothing that was sampled could show it."),
      evidence: z.string(),
    }),
  ),
  interval: z
    .strictObject({ low: finite, high: finite, confidence: finite })
    .nullable()
    .describe("Two-sided, by Student's t: how noisy the estimate is, and no certified end."),
  samples: count.describe("Forward paths or rows that it is a mean over."),
  caveat: z
    .string()
    .exactOptional()
    .describe("Which events are too rare to have been seen, where the law could only be drawn from."),
  vacuous: z.string().exactOptional().describe("Why there is no value."),
});
