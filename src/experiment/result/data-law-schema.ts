import * as z from "zod";
import { codingSamplers } from "../../theory/coding-samplers.js";
import { nameIn } from "../config/rules.js";
import { bound } from "./bound-schema.js";
import { partOf } from "./not-computed.js";

const finite = z.number();
const count = z.int().gte(0);
const { theorem, assumptions } = bound.shape;

const kl = z.strictObject({
  theorem,
  unit: z.literal("nats"),
  sampler: nameIn(codingSamplers).describe("p_theta is the law of this sampler, stopped."),
  confidence: finite.describe("With which all points hold at once."),
  points: z
    .array(
      z.strictObject({
        steps: count.describe("Steps after which the sampler stops."),
        logSnr: finite,
        noise: finite.describe("sigma / alpha: the noise on the data that is left there."),
        crossEntropy: finite.describe("Variational bound on E[-log p_theta(X_t)] on held-out rows, an estimate of it."),
        crossEntropyUpper: finite.describe("Its upper end."),
        entropy: finite.describe("Entropy of the mixture of the noised rows."),
        entropyLower: finite.describe("Lower end of the entropy of q_t."),
        information: finite.describe("So much of I(X_0; X_t) is certain; at most the log of the number of rows."),
        upper: finite.describe("KL(q_t || p_theta) is at most this."),
      }),
    )
    .describe("By falling noise; the last is the end of the grid."),
  rows: z.strictObject({ coded: count, entropy: count }).describe("Rows that are coded, and rows of the entropy."),
  draws: count.describe("Monte Carlo draws of each entropy."),
  assumptions,
});

const mmd = z.strictObject({
  theorem,
  lower: finite.describe("MMD of the laws is at least this."),
  upper: finite.describe("MMD of the laws is at most this."),
  estimate: finite.describe("Between the samples: larger than that of the laws in the mean."),
  confidence: finite.describe("With which both ends hold at once."),
  bandwidth: finite.describe("Of the Gaussian kernel: the median distance of training rows."),
  rows: z.strictObject({ data: count, samples: count }),
  assumptions,
});

const totalVariation = z.strictObject({
  theorem,
  value: finite.describe("Total variation of the laws is at least this."),
  estimate: finite.describe("Without the confidence margin."),
  confidence: finite.describe("One-sided."),
  method: z.string().describe("The classifier that tells data from samples."),
  rows: z
    .strictObject({ choice: count, evaluation: count })
    .describe("Rows of both samples that chose the classifier, and that it was evaluated on."),
  assumptions,
});

/** What result.json says of the law of the data, where only rows of it are known; in the coordinates of the network. */
export const dataLawResult = z.strictObject({
  kl: partOf(kl).describe(
    "Upper ends of KL(q_t || p_theta), q_t the noised law of the data, over the level t at which the sampler stops.",
  ),
  mmd: partOf(mmd).describe("Maximum mean discrepancy of the law of the data and that of the samples."),
  totalVariation: partOf(totalVariation).describe("Total variation distance of the same two laws, from below."),
});
