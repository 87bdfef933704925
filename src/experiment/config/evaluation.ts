import * as z from "zod";
import { integerIn } from "./rules.js";

const divergenceNames = ["sliced-wasserstein-2", "mmd", "energy-distance", "frechet-distance"] as const;

export const evaluationSchema = z
  .strictObject({
    divergences: z
      .array(z.enum(divergenceNames))
      .default([...divergenceNames])
      .describe("Divergences of the samples from held-out data, each with a bootstrap interval."),
    samples: integerIn(2).default(5000).describe("Most samples and held-out points that are compared."),
  })
  .prefault({})
  .describe("What is measured on the samples.");

export const referenceSchema = z
  .strictObject({
    dense: z
      .boolean("must be true or false")
      .default(false)
      .describe(
        "Also train the same network unpruned on the pooled data, with as many steps as all clients together, and report it beside.",
      ),
  })
  .prefault({})
  .describe("What the run is compared with.");
