import * as z from "zod";
import { decayField } from "../../federation/averages/exponential.js";
import { averages } from "../../federation/averages/index.js";
import { federationFields } from "../../federation/federation-fields.js";
import { levelDistributions } from "../../network/level-distributions/index.js";
import { networkFields } from "../../network/network-fields.js";
import { optimizers } from "../../network/optimizers/index.js";
import { rates } from "../../network/rates/index.js";
import { defaultOptimizer, levelFields, trainingFields } from "../../network/training-fields.js";
import { earlyStopSchema } from "./early-stop.js";
import { familySchema, settingsSchemas } from "./family.js";
import { filePath } from "./rules.js";

const { dimension: _, sigmaData, ...network } = settingsSchemas(networkFields);

export const networkSchema = z
  .strictObject({
    ...network,
    sigmaData: sigmaData
      .exactOptional()
      .describe("Standard deviation of the data per coordinate, used by edm. Default: measured after the transforms."),
  })
  .prefault({})
  .describe("The score network: a multilayer perceptron over the noisy point and features of its noise level.");

const { rounds, localSteps } = settingsSchemas(federationFields);
const { decay } = settingsSchemas({ decay: decayField });
const { batchSize, weighting, clipNorm, labelDropout } = settingsSchemas(trainingFields);
const { spacing, count } = settingsSchemas(levelFields);

export const trainingSchema = z
  .strictObject({
    rounds,
    localSteps,
    batchSize,
    optimizer: familySchema(optimizers)
      .prefault(defaultOptimizer)
      .describe("Optimizer of a client; it starts anew in each round."),
    earlyStop: earlyStopSchema.exactOptional(),
    initialize: filePath()
      .exactOptional()
      .describe(
        "A model.safetensors of the same network, whose parameters training begins with; not so its transforms and moving average. Default: fresh parameters of the seed.",
      ),
    rate: familySchema(rates)
      .exactOptional()
      .describe("How the learning rate of the optimizer changes over rounds and local steps. Default: not at all."),
    weighting,
    clipNorm,
    labelDropout,
    ema: z
      .union([familySchema(averages), decay], "must lie in [0, 1), or be an object with a kind")
      .exactOptional()
      .describe(
        "A moving average of the parameters, which is then the model; a number is the decay of kind exponential. Default: no average.",
      ),
    levels: z
      .strictObject({
        count: count
          .removeDefault()
          .exactOptional()
          .describe(
            "Noise levels that training draws from. Default: 1000; with spacing grid, one for each sampling step.",
          ),
        spacing,
        distribution: familySchema(levelDistributions)
          .exactOptional()
          .describe(
            "How often each is drawn. The expected loss stays that of the weighting: a level's loss is divided by how many times as often as uniformly it is drawn. Default: all as often.",
          ),
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
