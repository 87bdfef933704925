import * as z from "zod";
import { samplers } from "../../diffusion/samplers/index.js";
import { schedules } from "../../diffusion/schedules/index.js";
import { familySchema } from "./family.js";
import { integerIn, nameIn, numberIn } from "./rules.js";

export const scheduleSchema = familySchema(schedules)
  .prefault({ kind: "vp-cosine" })
  .describe("The forward process: how noise grows with time.");

const range = {
  steps: integerIn(1, 100_000).describe("Sampling steps N; the grid has N + 1 times."),
  start: numberIn("(0, inf)").exactOptional().describe("T, where sampling starts. Default: tMax of the schedule."),
  end: numberIn("(0, inf)").exactOptional().describe("delta, where sampling stops. Default: tMin of the schedule."),
};

const uniform = z.strictObject({ kind: z.literal("uniform"), ...range }).describe("Equal steps of time.");

const uniformLogSnr = z
  .strictObject({ kind: z.literal("uniform-log-snr"), ...range })
  .describe("Equal steps of log snr; DPM-Solver, arXiv 2206.00927.");

const karras = z
  .strictObject({
    kind: z.literal("karras"),
    ...range,
    rho: numberIn("(0, inf)").default(7).describe("Exponent: larger puts more steps at small noise."),
  })
  .describe("Equal steps of (sigma / alpha)^(1 / rho); Karras et al., arXiv 2206.00364, eq. 5.");

const benton = z
  .strictObject({ kind: z.literal("benton"), ...range })
  .describe("Uniform above OU time 1, geometric below, with the smallest kappa; Benton et al., arXiv 2308.03686.");

const geometricTail = z
  .strictObject({
    kind: z.literal("geometric-tail"),
    ...range,
    uniformSteps: integerIn(0).exactOptional().describe("Steps above OU time 1. Default: in proportion."),
  })
  .describe("Uniform above OU time 1, geometric below.");

/** One issue at the first entry that is not below the one before it. */
function strictlyDecreasing({ value, issues }: z.core.ParsePayload<number[]>): void {
  const k = value.findIndex((time, index) => index > 0 && !(time < value[index - 1]));
  if (k < 0) return;
  issues.push({
    code: "custom",
    message: `must be below times[${k - 1}] = ${value[k - 1]}`,
    input: value[k],
    path: [k],
  });
}

const user = z
  .strictObject({
    kind: z.literal("user"),
    times: z
      .array(numberIn("(0, inf)"))
      .min(2, "must have at least 2 times")
      .check(strictlyDecreasing)
      .describe("Strictly decreasing times in the clock of the schedule, used exactly as given."),
  })
  .describe("Times of your own.");

const certified = z
  .strictObject({ kind: z.literal("certified"), ...range })
  .describe(
    "The steps with the least discretization term of the ancestral certificate, for the mmse curve of the data law or, where that is not known, of the trained network on held-out data.",
  );

/** Grids whose times follow from the config alone. */
export const fixedGridSchema = z.discriminatedUnion("kind", [
  uniform,
  uniformLogSnr,
  karras,
  benton,
  geometricTail,
  user,
]);

export type FixedGridConfig = z.output<typeof fixedGridSchema>;

export const gridSchema = z
  .discriminatedUnion("kind", [uniform, uniformLogSnr, karras, benton, geometricTail, certified, user])
  .prefault({ kind: "uniform-log-snr", steps: 100 })
  .describe("The times that sampling steps through.");

export const samplingSchema = z
  .strictObject({
    sampler: nameIn(samplers).default("ancestral").describe("How one step is made."),
    grid: gridSchema,
    count: integerIn(2).default(5000).describe("Samples to draw from the trained network."),
    denoiseLast: z
      .boolean("must be true or false")
      .default(false)
      .describe("Put the denoised point in the place of the last one: no rest of noise, good for images."),
  })
  .prefault({})
  .describe("How the trained network is sampled.");
