import { type Filled, filledSettings, type Given } from "../family.js";
import { integer, integers, number } from "../fields.js";

/** What may be set of the classifier that judges samples: ranges, defaults and the config's texts. */
export const classifierFields = {
  hidden: integers(
    "[1, 4096]",
    [256, 128],
    "Widths of the hidden layers; the last one's activations are the features.",
    1,
  ),
  epochs: integer("[1, 10000]", 16, "Passes over the training rows."),
  batchSize: integer("[1, 65536]", 64, "Rows in a step."),
  learningRate: number("(0, inf)", 0.001, "Learning rate of Adam."),
  shift: integer(
    "[0, 64]",
    1,
    "Most pixels by which grey images are shifted at random in each direction; 0 for other rows.",
  ),
};

/** How the classifier is trained, as a person writes it: what has a default may be absent. */
export type ClassifierOptions = Given<typeof classifierFields>;

/** The same with all defaults. */
export type ClassifierSettings = Filled<typeof classifierFields>;

/** @throws ArgumentError or ArgumentTypeError naming the first setting that is out of range, as `${argument}.hidden[1]`. */
export function completeClassifier(argument: string, given: ClassifierOptions): ClassifierSettings {
  return filledSettings(classifierFields, argument, given);
}
