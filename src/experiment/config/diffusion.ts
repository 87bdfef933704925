import * as z from "zod";
import { samplers } from "../../diffusion/samplers/index.js";
import { integerIn, nameIn, numberIn } from "./rules.js";

const time = (text: string, value: number) => numberIn("(0, inf)").default(value).describe(text);

const vpLinear = z
  .strictObject({
    kind: z.literal("vp-linear"),
    betaMin: numberIn("[0, inf)").default(0.1).describe("beta at t = 0."),
    betaMax: numberIn("(0, inf)").default(20).describe("beta at t = 1, at least betaMin."),
    tMin: time("First time that is used, below 1: where sampling stops.", 0.001),
  })
  .describe(
    "beta(t) = g(t)^2, the squared diffusion coefficient of dX = -(beta / 2) X dt + g dB, rises linearly on [tMin, 1]; Song et al., arXiv 2011.13456.",
  );

const vpCosine = z
  .strictObject({
    kind: z.literal("vp-cosine"),
    tMin: time("First time that is used: where sampling stops.", 0.005),
    tMax: time("Last time that is used, below 1: where sampling starts.", 0.995),
  })
  .describe("alpha = cos(pi t / 2); Nichol and Dhariwal, arXiv 2102.09672.");

const ou = z
  .strictObject({
    kind: z.literal("ou"),
    tMin: time("delta: where sampling stops.", 0.001),
    tMax: time("T: where sampling starts.", 5),
  })
  .describe("alpha = exp(-t): the Ornstein-Uhlenbeck process; Benton et al., arXiv 2308.03686.");

export const scheduleSchema = z
  .discriminatedUnion("kind", [vpLinear, vpCosine, ou])
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
