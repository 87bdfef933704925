import * as z from "zod";
import { metricsFormats } from "../metrics/index.js";
import { nameIn } from "./rules.js";

export const outputSchema = z
  .strictObject({
    metrics: z
      .array(nameIn(metricsFormats))
      .default([])
      .describe(
        "What each round came to, while it runs: csv is metrics.csv, one line a round; tensorboard is an event file in the output folder, which is then a --logdir.",
      ),
  })
  .describe("Files beside the results, on which no result depends.");
