import * as z from "zod";
import { grids } from "../../diffusion/grids/index.js";
import { rangeFields } from "../../diffusion/grids/range.js";
import { mostSampledNumbers } from "../../diffusion/sample.js";
import { samplers, settledSamplers } from "../../diffusion/samplers/index.js";
import { defaultSchedule, schedules } from "../../diffusion/schedules/index.js";
import { familySchema, memberSchemas, settingsSchemas, unionOf } from "./family.js";
import { integerIn, nameIn, numberIn } from "./rules.js";

export const scheduleSchema = familySchema(schedules)
  .prefault(defaultSchedule)
  .describe("The forward process: how noise grows with time.");

const certified = z
  .strictObject({ kind: z.literal("certified"), ...settingsSchemas(rangeFields) })
  .describe(
    "The steps with the least discretization term of the ancestral certificate, for the mmse curve of the data law or, where that is not known, of the trained network on training data, as bounds are evaluated on held-out data.",
  );

/** Grids whose times follow from the config alone. */
export const fixedGridSchema = familySchema(grids);

export type FixedGridConfig = z.output<typeof fixedGridSchema>;

const { user, ...ruled } = memberSchemas(grids);

export const gridSchema = unionOf({ ...ruled, certified, user })
  .prefault({ kind: "uniform-log-snr", steps: 100 })
  .describe("The times that sampling steps through.");

export const samplingSchema = z
  .strictObject({
    sampler: z
      .union([familySchema(settledSamplers), nameIn(samplers)])
      .default("ancestral")
      .describe("How one step is made: a name, or for samplers with settings an object."),
    grid: gridSchema,
    count: integerIn(2, mostSampledNumbers).default(5000).describe("Samples to draw from the trained network."),
    denoiseLast: z
      .boolean("must be true or false")
      .default(false)
      .describe("Put the denoised point in the place of the last one: no rest of noise, good for images."),
    guidance: z
      .strictObject({
        scale: numberIn("[0, 100]").describe(
          "1: the network of the class as it is; above 1 samples are more of their class, and less various; 0: that of no class.",
        ),
        interval: z
          .tuple([numberIn("[0, inf)"), numberIn("(0, inf)")], "must be [low, high]")
          .exactOptional()
          .describe(
            "Noise levels, as sigma / alpha of each, between which guidance acts (Kynkaanniemi et al. 2024, arXiv 2404.07724). Default: all.",
          ),
      })
      .exactOptional()
      .describe(
        "How its class steers a sample of a network with classes (Ho, Salimans 2022, arXiv 2207.12598). Default: scale 1.",
      ),
  })
  .prefault({})
  .describe("How the trained network is sampled.");
