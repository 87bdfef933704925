import * as z from "zod";
import { mostSampledNumbers } from "../../diffusion/sample.js";
import { divergences } from "../../divergence/index.js";
import { classifierFields } from "../../judges/classifier-fields.js";
import { judges } from "../../judges/index.js";
import { settingsSchemas } from "./family.js";
import { integerIn, nameIn } from "./rules.js";
import { tableTargetsSchema } from "./table-targets.js";

const names = Object.keys(divergences);

export const evaluationSchema = z
  .strictObject({
    divergences: z
      .array(z.enum(names))
      .default(names)
      .describe("Divergences of the samples from held-out data, each with a bootstrap interval."),
    space: z
      .enum(["data", "transformed"])
      .default("data")
      .describe(
        "Measure divergences in the space of the data, or after the transforms: then what PCA left out does not count. Judges look at the data.",
      ),
    samples: integerIn(2, mostSampledNumbers)
      .default(5000)
      .describe(
        "Most samples and held-out points that are compared, and most training points that judges compare with.",
      ),
    judges: z
      .array(nameIn(judges))
      .min(1, "must name at least one judge, or be left out")
      .exactOptional()
      .describe(
        "What a classifier of the training rows says of the samples, beside what it says of held-out rows; for data with classes. Default: nothing.",
      ),
    classifier: z
      .strictObject(settingsSchemas(classifierFields))
      .exactOptional()
      .describe("The classifier of the judges, where it is not to have its defaults."),
    targets: tableTargetsSchema.exactOptional(),
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
