import * as z from "zod";
import { integerIn } from "./rules.js";

const settings = z.strictObject({
  every: integerIn(1, 2 ** 24 - 1)
    .default(10)
    .describe(
      "Of each block of so many rounds one is measured, drawn at random from the seed; the first round and the end of training are always measured.",
    ),
  probes: integerIn(1, 2 ** 28)
    .default(256)
    .describe(
      "Fewest probes (row, noise level, noise) of a client, the same in all rounds: as many for each noise level.",
    ),
  draws: integerIn(2, 1_000_000)
    .default(8)
    .describe("Stochastic gradients that variance and second moment are means over."),
});

export const aprioriSchema = z
  .union([settings, z.literal(false)], "must be an object, or false")
  .default(false)
  .describe("The a-priori bound from constants measured along training; false: none. Needs plain SGD to have a value.");

export type AprioriConfig = Exclude<z.output<typeof aprioriSchema>, false>;
