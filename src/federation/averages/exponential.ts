import { member } from "../../family.js";
import { number, required } from "../../fields.js";
import type { AverageRule } from "./average.js";

export const decayField = number("[0, 1)", required, "Share of the average that stays where a round is added.");

/** min(decay, (1 + n) / (warmup + n)) after n rounds. */
export const exponential = member({
  kind: "exponential",
  source: "the warm-up: TensorFlow, ExponentialMovingAverage with num_updates, which has warmup = 10",
  text: "Powers of a decay; with a warm-up, so that early rounds are forgotten while the average is young.",
  fields: {
    decay: decayField,
    warmup: number(
      "[1, inf)",
      1,
      "After n rounds the decay is at most (1 + n) / (warmup + n); 1: no warm-up, as early rounds count as much as their decay says.",
    ),
  },
  create: ({ decay, warmup }): AverageRule => ({
    decay: (round) => Math.min(decay, (1 + round) / (warmup + round)),
  }),
});
