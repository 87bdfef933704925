import * as z from "zod";
import { samplers } from "../../diffusion/samplers/index.js";
import { mostConfidence, mostPaths } from "../../theory/confidence.js";
import { defaultPaths, defaultRows, mostPathsOfRow, mostRows } from "../../theory/interval/kl-interval.js";
import { proposals } from "../../theory/interval/proposals/index.js";
import { integerIn, nameIn, numberIn } from "./rules.js";

const settings = z.strictObject({
  paths: integerIn(2, mostPaths)
    .default(20000)
    .describe(
      "Forward paths, or as many as visit each part of the data law 16 times; and at most as many held-out rows for the variational bound.",
    ),
  invertedRows: integerIn(2, mostPaths)
    .default(2048)
    .describe(
      "In place of paths for deterministic samplers: rows of the data law that are inverted in float64, and as many samples.",
    ),
  confidence: numberIn(`(0.5, ${mostConfidence}]`).default(0.95).describe("One-sided confidence of the upper end."),
  precision: numberIn("(0, inf)")
    .exactOptional()
    .describe(
      "Stop early once the upper end is within this fraction of the value; the looks on the way share the error probability. Default: run all paths.",
    ),
  sampler: nameIn(samplers).exactOptional().describe("Certify this sampler in place of the one of sampling."),
  empiricalPaths: integerIn(0, mostPaths)
    .default(4096)
    .describe(
      "Paths of the certificate against the empirical law of the training data, where the data law has no exact denoiser: each row starts at least one, whatever this says; 0: no such certificate.",
    ),
  intervalRows: integerIn(0, mostRows)
    .default(defaultRows)
    .describe(
      "Rows of the data law, and as many of the sampler, for the two-sided interval of KL, where the density of the law is known: rounded up to blocks of 64, at least four; 0: no interval.",
    ),
  intervalPaths: integerIn(1, mostPathsOfRow)
    .default(defaultPaths)
    .describe("Paths of the sampler that are weighed for each row of the interval, K: more narrow it."),
  intervalProposal: nameIn(proposals)
    .exactOptional()
    .describe("How the paths of the interval are proposed. Default: the best of a pilot."),
  defensiveShare: numberIn("(0, 1)")
    .exactOptional()
    .describe(
      "Adds to the interval an upper end that assumes nothing of its rows, of KL to the defensive sampler: the one that draws from a wide Gaussian with this probability, such as 1e-4. Default: none.",
    ),
});

export const certificateSchema = z
  .union([settings, z.literal(false)], "must be an object, or false")
  .prefault({})
  .describe("The upper bound on KL(q_delta || p_theta) that is computed after training; false: none.");

export type CertificateConfig = Exclude<z.output<typeof certificateSchema>, false>;

/** All settings at their defaults. */
export const certificateDefaults: CertificateConfig = settings.parse({});
