import * as z from "zod";
import { estimate, estimateSchema } from "./estimate-schema.js";
import { notComputed, partOf } from "./not-computed.js";

const beside = {
  better: z.enum(["higher", "lower"]).describe("Which way is good."),
  floor: partOf(estimateSchema).describe("The same of held-out rows in the place of the samples: of perfect samples."),
  reference: partOf(estimateSchema).exactOptional().describe("The same of the dense reference's samples."),
};

const score = z
  .union([z.strictObject({ ...estimate, ...beside }), z.strictObject({ ...notComputed.shape, ...beside })])
  .nullable();

/** What a classifier says of the samples of a run, in result.json. */
export const judgedResult = z.strictObject({
  classifier: z.strictObject({
    accuracy: partOf(estimateSchema).describe("Share of the held-out rows whose class it finds."),
    features: z.int().gte(1).describe("Width of its last hidden layer."),
    rows: z.int().gte(1).describe("Training rows that the samples are compared with."),
  }),
  scores: z
    .record(z.string(), score)
    .describe("By the name of the judge; null where it has nothing to say: conditional accuracy without classes."),
  histogram: partOf(
    z.array(
      z.strictObject({
        name: z.string().describe("Label of the class."),
        data: estimateSchema.describe("Share of the training rows in which the classifier finds it."),
        samples: estimateSchema.exactOptional().describe("Share of the samples; absent where there are none."),
      }),
    ),
  ).describe("How often each class is found."),
});
