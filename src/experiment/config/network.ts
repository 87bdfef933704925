import * as z from "zod";
import { parameterizations } from "../../diffusion/parameterizations/index.js";
import { weightings } from "../../diffusion/weightings/index.js";
import { federationFields } from "../../federation/options.js";
import { optimizers } from "../../network/optimizers/index.js";
import { activations } from "../../network/spec.js";
import { familySchema, settingsSchemas } from "./family.js";
import { integerIn, nameIn, numberIn } from "./rules.js";

export const networkSchema = z
  .strictObject({
    hidden: z
      .array(integerIn(1, 65536))
      .min(1, "must name at least one width")
      .default([128, 128, 128])
      .describe("Widths of the hidden layers."),
    activation: z
      .enum(activations)
      .default("silu")
      .describe(
        "Activation of the hidden layers; gelu is the tanh form: z (1 + tanh(sqrt(2 / pi) (z + 0.044715 z^3))) / 2.",
      ),
    residual: z
      .boolean("must be true or false")
      .default(false)
      .describe("Add the input of a hidden layer, from the second on, to its output where both have the same width."),
    noiseFeatures: integerIn(2, 4096)
      .multipleOf(2, "must be even")
      .default(32)
      .describe("Features of the noise level: half sines, half cosines of multiples of log snr."),
    parameterization: nameIn(parameterizations).default("v").describe("What the network predicts."),
    sigmaData: numberIn("(0, inf)")
      .exactOptional()
      .describe("Standard deviation of the data per coordinate, used by edm. Default: measured after the transforms."),
  })
  .prefault({})
  .describe("The score network: a multilayer perceptron over the noisy point and features of its noise level.");

const settings = settingsSchemas(federationFields);

export const trainingSchema = z
  .strictObject({
    rounds: settings.rounds,
    localSteps: settings.localSteps,
    batchSize: integerIn(1, 65536).default(256).describe("Points in a step."),
    optimizer: familySchema(optimizers)
      .prefault({ kind: "adam" })
      .describe("Optimizer of a client; it starts anew in each round."),
    weighting: nameIn(weightings).default("simple").describe("Weight of the loss at a noise level."),
    clipNorm: numberIn("(0, inf)").exactOptional().describe("Largest Euclidean norm of a gradient. Default: no limit."),
    ema: settings.ema,
    levels: z
      .strictObject({
        count: integerIn(2, 1_000_000)
          .exactOptional()
          .describe(
            "Noise levels that training draws from. Default: 1000; with spacing grid, one for each sampling step.",
          ),
        spacing: z
          .enum(["time", "logsnr", "grid"])
          .default("time")
          .describe("Spread evenly in time or in log snr, or exactly where the steps of the sampling grid start."),
      })
      .check(({ value, issues }) => {
        if (value.spacing !== "grid" || value.count === undefined) return;
        const message = "must be absent with spacing grid: the sampling grid has its own number of steps";
        issues.push({ code: "custom", message, input: value.count, path: ["count"] });
      })
      .prefault({})
      .describe("The noise levels of training."),
  })
  .prefault({})
  .describe("How the clients train.");
