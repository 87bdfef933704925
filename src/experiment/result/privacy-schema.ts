import * as z from "zod";
import { accountants } from "../../privacy/epsilon.js";

const count = z.int().gte(0);
const epsilon = z.number().gte(0);

/** What a run has spent of privacy. */
export const privacyResult = z.strictObject({
  unit: z
    .enum(["client", "record"])
    .describe("What is protected: each client as a whole, or each record of each client."),
  epsilon: epsilon.describe(
    "Upper bound after all rounds that were run: the output of training changes its probability by a factor of exp(epsilon) at most, but for delta, where one unit is left out.",
  ),
  delta: z.number(),
  accountant: z.enum(accountants).describe("Which accountant gave the smallest number."),
  sampleRate: z.number().describe("Probability of a unit to be in a step."),
  noiseMultiplier: z.number(),
  steps: count.describe("Steps that were run: rounds, or local steps of the client whose records spend most."),
  client: count.exactOptional().describe("That client; the records of others spend no more."),
  reproducible: z
    .boolean()
    .describe(
      "The noise is drawn from the run's seed: whoever knows it can take it away, so that nobody is protected.",
    ),
  budget: epsilon.exactOptional().describe("config.privacy.epsilon."),
  stopped: z.boolean().describe("Training ended before the round that would have exceeded the budget."),
  perRound: z
    .array(z.strictObject({ round: count, epsilon }))
    .describe("Epsilon after some of the rounds, counted from 1."),
  covers: z.string().describe("What epsilon is of."),
  notCovered: z.array(z.string()).describe("What of this run tells of the training rows without noise."),
});
