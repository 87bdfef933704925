import * as z from "zod";
import { gaussianLaw } from "../../../diffusion/gaussian-law.js";
import type { TimeGrid } from "../../../diffusion/grid.js";
import { createGrid, kappaOf } from "../../../diffusion/grids/index.js";
import { samplers } from "../../../diffusion/samplers/index.js";
import type { NoiseSchedule } from "../../../diffusion/schedule.js";
import { createSchedule } from "../../../diffusion/schedules/index.js";
import { FedscoreError } from "../../../errors.js";
import { createTarget, type TargetSpec, targetKinds } from "../../../targets/index.js";
import type { Target } from "../../../targets/target.js";
import { blockPaths } from "../../../theory/certificate/blocks.js";
import { type BlockRunner, type Certificate, certify } from "../../../theory/certificate/certificate.js";
import { dataSchema } from "../../config/data.js";
import { gridSchema, scheduleSchema } from "../../config/diffusion.js";
import { describeProblems, type ObjectSchema } from "../../config/problems.js";
import { integerIn, nameIn, numberIn } from "../../config/rules.js";
import { inSection } from "../../config/section.js";
import { type ExactProblem, exactPaths } from "../../jobs/exact-paths.js";
import type { Json } from "../paths.js";
import { certifiedTimes, sampledCurve, targetCurve } from "./certified-times.js";
import type { JobContext, SweepJob } from "./job.js";

const schema = z.strictObject({
  seed: integerIn(0, Number.MAX_SAFE_INTEGER).default(1).describe("Seed of the forward paths."),
  target: dataSchema.describe("A target that is drawn, with a denoiser in closed form."),
  schedule: scheduleSchema,
  sampler: nameIn(samplers).default("ancestral").describe("How one step is made."),
  grid: z.union([z.strictObject({ kind: z.literal("certified"), steps: integerIn(1, 2000) }), gridSchema]),
  scale: numberIn("(0, inf)").default(1).describe("What the exact denoiser is multiplied with: 1 is exact."),
  paths: integerIn(1).default(20_000).describe("Forward paths, at most."),
  confidence: numberIn("(0.5, 1)").default(0.95).describe("One-sided confidence of the certificate."),
  precision: numberIn("(0, 1)").exactOptional().describe("Stop once the upper end is this close, relatively."),
});

type CertificateJobConfig = z.output<typeof schema>;

/** Points whose certificate gives the curve that a certified grid is chosen on. */
const curveSteps = 400;

/** The certificate of a target's own denoiser, exact or scaled: no network, no training. */
export const certificateJob: SweepJob = {
  parse: (config) => parse(config) as Json,
  run: async (config, context) => evaluate(parse(config), context),
};

function parse(config: Json): CertificateJobConfig {
  const parsed = schema.safeParse(config);
  if (!parsed.success) {
    const known = z.toJSONSchema(schema, { io: "input" }) as ObjectSchema;
    const problems = describeProblems("sweep.base", config, parsed.error.issues, known);
    throw new FedscoreError("FEDSCORE_INVALID_CONFIG", problems.join("\n"), { problems });
  }
  const kinds: readonly string[] = targetKinds;
  if (!kinds.includes(parsed.data.target.kind)) {
    const message = `sweep.base.target.kind must be one of ${kinds.join(", ")}, got "${parsed.data.target.kind}"`;
    throw new FedscoreError("FEDSCORE_INVALID_CONFIG", message);
  }
  return parsed.data;
}

async function evaluate(config: CertificateJobConfig, context: JobContext): Promise<Json> {
  const { schedule: scheduleSpec, sampler, seed, scale, paths, confidence, precision } = config;
  const schedule = inSection("sweep.base", () => createSchedule(scheduleSpec));
  // Counts of points are of no use to a law.
  const { train: _, heldOut: __, ...spec } = config.target;
  const target = inSection("sweep.base.target", () => createTarget(spec as TargetSpec));
  const problem = { target: spec as TargetSpec, schedule: scheduleSpec, sampler, seed };
  const grid = await gridOf(config, target, schedule, (times) =>
    certified(context, { ...problem, sampler: "ancestral", times, scale: 1 }, target, schedule, {
      paths: 16 * blockPaths,
    }),
  );
  const certificate = await certified(context, { ...problem, times: grid.times, scale }, target, schedule, {
    paths,
    confidence,
    ...(precision !== undefined && { precision }),
  });
  const { steps: _curves, assumptions: _assumptions, ...rest } = certificate;
  return JSON.parse(
    JSON.stringify({
      certificate: { ...rest, perDimension: (certificate.upper ?? Number.NaN) / target.dimension },
      trueKl: scale === 1 ? trueKl(target, schedule, grid, sampler) : null,
      grid: { steps: grid.times.length - 1, kappa: kappaOf(grid, schedule) },
    }),
  );
}

async function gridOf(
  { grid }: CertificateJobConfig,
  target: Target,
  schedule: NoiseSchedule,
  certifyOn: (times: Float64Array) => Promise<Certificate>,
): Promise<TimeGrid> {
  if (grid.kind !== "certified") return inSection("sweep.base", () => createGrid(grid, schedule));
  const curve =
    targetCurve(target, schedule) ??
    sampledCurve(await certifyOn(createGrid({ kind: "uniform-log-snr", steps: curveSteps }, schedule).times), schedule);
  return { name: "certified", times: certifiedTimes(curve, schedule, grid.steps) };
}

function certified(
  { pool, signal }: JobContext,
  problem: ExactProblem,
  target: Target,
  schedule: NoiseSchedule,
  options: { readonly paths: number; readonly confidence?: number; readonly precision?: number },
): Promise<Certificate> {
  const perCall = 8;
  const runBlocks: BlockRunner = async (first, count) => {
    const calls = Array.from({ length: Math.ceil(count / perCall) }, (_, part) => {
      const start = part * perCall;
      const input = { problem, first: first + start, count: Math.min(perCall, count - start) };
      return pool.call(exactPaths, input, { signal });
    });
    return (await Promise.all(calls)).flat();
  };
  const grid = { name: "given", times: problem.times };
  return certify({ sampler: problem.sampler, schedule, grid, target }, runBlocks, {
    ...options,
    ...(signal && { signal }),
  });
}

/** KL(q_delta || output) in closed form, nats: a Gaussian target with its exact denoiser; null for others. */
function trueKl(
  { gaussianVariances }: Target,
  schedule: NoiseSchedule,
  grid: TimeGrid,
  sampler: CertificateJobConfig["sampler"],
): number | null {
  if (!gaussianVariances) return null;
  const byVariance = new Map<number, number>();
  let total = 0;
  for (const variance of gaussianVariances) {
    const kl =
      byVariance.get(variance) ??
      (gaussianLaw({ schedule, grid, sampler: samplers[sampler], variance }).kl.at(-1) as number);
    byVariance.set(variance, kl);
    total += kl;
  }
  return total;
}
