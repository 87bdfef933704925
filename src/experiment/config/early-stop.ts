import * as z from "zod";
import { integerIn } from "./rules.js";

export const earlyStopSchema = z
  .strictObject({
    patience: integerIn(1, 2 ** 24 - 1)
      .default(10)
      .describe("Rounds without a lower loss after which training ends."),
    every: integerIn(1, 2 ** 24 - 1)
      .default(1)
      .describe("The loss is measured after each so many rounds."),
    rows: integerIn(1).describe(
      "Held-out rows that the loss is of: the first ones. They decide, so nothing else is measured or certified on them.",
    ),
  })
  .describe(
    "Ends training where the loss on held-out rows falls no more, and keeps the parameters, or their moving average, of the round where it was lowest. Default: all rounds, and the last one's.",
  );

/** How training is ended early. */
export type EarlyStopConfig = z.output<typeof earlyStopSchema>;
