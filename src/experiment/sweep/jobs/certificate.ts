import * as z from "zod";
import { allEqual } from "../../../data/all-equal.js";
import { levelsOf, type TimeGrid } from "../../../diffusion/grid.js";
import { createGrid, kappaOf } from "../../../diffusion/grids/index.js";
import { samplers } from "../../../diffusion/samplers/index.js";
import { type NoiseSchedule, snrOf } from "../../../diffusion/schedule.js";
import { createSchedule } from "../../../diffusion/schedules/index.js";
import { FedscoreError } from "../../../errors.js";
import { oneOf } from "../../../fields.js";
import { createTarget, type TargetSpec, targetKinds } from "../../../targets/index.js";
import type { Target } from "../../../targets/target.js";
import { requirePathCost } from "../../../theory/certificate/certificate.js";
import { certifyInPool } from "../../../theory/certificate/certify-in-pool.js";
import { derivedSeed } from "../../../theory/certificate/seed.js";
import { requireExact } from "../../../theory/certificate/unit-task.js";
import { snrLadder } from "../../../theory/certified-grid.js";
import { isFlow, requireFloat64 } from "../../../theory/flow/flow-task.js";
import { defaultPaths, mostPathsOfRow, mostRows } from "../../../theory/interval/kl-interval.js";
import { klIntervalInPool } from "../../../theory/interval/kl-interval-in-pool.js";
import { gaussianMmseCurve, type MmseCurve } from "../../../theory/mmse-curve.js";
import { estimateMmse } from "../../../theory/mmse-monte-carlo.js";
import { dataSchema } from "../../config/data.js";
import { gridSchema, scheduleSchema } from "../../config/diffusion.js";
import type { Json } from "../../config/paths.js";
import { integerIn, nameIn, numberIn } from "../../config/rules.js";
import { inSection } from "../../config/section.js";
import { validated } from "../../config/validated.js";
import {
  bestTimes,
  fixedGrid,
  gridWithErrors,
  needsCoordinates,
  requireErrorsOf,
} from "../../prepare/sampling-grid.js";
import { klIntervalResult } from "../../result/interval-schema.js";
import { partOf } from "../../result/not-computed.js";
import { certificateResult } from "../../result/schema.js";
import { attempt, finite } from "../../stages/attempt.js";
import type { JobContext, SweepJobKind } from "./job.js";
import { trueKl } from "./true-kl.js";

const schema = z
  .strictObject({
    seed: integerIn(0, Number.MAX_SAFE_INTEGER).default(1).describe("Seed of the forward paths."),
    target: dataSchema.describe("A target that is drawn, with a denoiser in closed form."),
    schedule: scheduleSchema,
    sampler: nameIn(samplers).default("ancestral").describe("How one step is made."),
    grid: gridSchema,
    paths: integerIn(1).default(16_384).describe("Forward paths, at most."),
    confidence: numberIn("(0.5, 1)").default(0.95).describe("One-sided confidence of the certificate."),
    precision: numberIn("(0, 1)").exactOptional().describe("Stop once the upper end is this close, relatively."),
    intervalRows: integerIn(0, mostRows)
      .default(0)
      .describe("Rows of the target, and as many of the sampler, for the two-sided interval of KL; 0: no interval."),
    intervalPaths: integerIn(1, mostPathsOfRow)
      .default(defaultPaths)
      .describe("Paths of the sampler that are weighed for each row of the interval, K."),
  })
  .describe("The base of a sweep of kind certificate.");

/** The JSON schema of the base as a person writes it. */
export function certificateBaseJsonSchema() {
  return z.toJSONSchema(schema, { io: "input" });
}

type CertificateJobConfig = z.output<typeof schema>;

/** Levels of an mmse curve, and points of a sampled one. */
const [curveLevels, curveSamples] = [1025, 4096];

const result = z.strictObject({
  certificate: certificateResult.omit({ steps: true }),
  klInterval: partOf(klIntervalResult).exactOptional(),
  trueKl: partOf(z.number()).nullable(),
  grid: z.strictObject({ steps: z.int(), kappa: z.number() }),
});

/** The certificate of a target's own denoiser: no network, no training. */
export const certificateJob: SweepJobKind = {
  parse(input) {
    const config = parse(input);
    return { config: config as Json, check: () => check(config), run: (context) => evaluate(config, context) };
  },
  resultSchema: () => z.toJSONSchema(result),
};

function parse(value: Json): CertificateJobConfig {
  const config = validated("sweep.base", schema, value);
  const kinds: readonly string[] = targetKinds;
  if (kinds.includes(config.target.kind)) return config;
  const message = `sweep.base.target.kind ${oneOf(kinds)}, got "${config.target.kind}"`;
  throw new FedscoreError("FEDSCORE_INVALID_CONFIG", message);
}

function check(config: CertificateJobConfig): void {
  const { target, schedule } = lawOf(config);
  inSection("sweep.base", () => {
    const grid = fixedGrid(config, schedule);
    if (grid) requireErrorsOf(config.sampler, grid, target.dimension);
  });
  requireExact(target);
  if (isFlow(config.sampler, schedule)) requireFloat64(config.sampler, target);
  else requirePathCost(config.sampler, schedule);
}

interface Law {
  readonly target: Target;
  readonly spec: TargetSpec;
  readonly schedule: NoiseSchedule;
}

function lawOf(config: CertificateJobConfig): Law {
  // How many points training would draw is of no use to a law.
  const {
    train: _train,
    heldOut: _heldOut,
    ...spec
  } = config.target as TargetSpec & Record<"train" | "heldOut", number>;
  const schedule = inSection("sweep.base", () => createSchedule(config.schedule));
  return { spec, schedule, target: inSection("sweep.base", () => createTarget(spec)) };
}

async function evaluate(config: CertificateJobConfig, context: JobContext): Promise<Json> {
  const { sampler, seed, paths, confidence, precision, intervalRows, intervalPaths } = config;
  const { pool, signal } = context;
  const law = lawOf(config);
  const { spec, schedule } = law;
  const grid = await gridOf(config, law, context);
  const subject = { law: { of: spec }, network: undefined, schedule: config.schedule, grid, sampler };
  const { steps: _steps, ...certificate } = await certifyInPool(
    pool,
    { ...subject, seed: derivedSeed(seed, "certificate") },
    { paths, confidence, ...(precision !== undefined && { precision }), ...(signal && { signal }) },
  );
  const request = { ...subject, seed: derivedSeed(seed, "interval") };
  const extent = { rows: intervalRows, k: intervalPaths, confidence, signal };
  const found = {
    certificate,
    ...(intervalRows > 0 && { klInterval: await attempt(() => klIntervalInPool(pool, request, extent)) }),
    trueKl: await attempt(() => trueKl(pool, { spec, schedule: config.schedule, grid, sampler }, signal)),
    grid: { steps: grid.times.length - 1, kappa: kappaOf(grid, schedule) },
  };
  return JSON.parse(JSON.stringify(finite("point", found)));
}

async function gridOf(config: CertificateJobConfig, law: Law, context: JobContext): Promise<TimeGrid> {
  const grid = await timesOf(config, law, context);
  const needed = samplers[config.sampler].needsErrors;
  if (grid.errors || needed === undefined) return grid;
  const { target, spec, schedule } = law;
  const { dimension, gaussianVariances } = target;
  if (gaussianVariances && (needed === "mean" || allEqual(gaussianVariances))) {
    const snr = Float64Array.from(levelsOf(schedule, grid), snrOf).slice(0, -1);
    const { mmse } = gaussianMmseCurve(gaussianVariances, snr);
    const copies = needed === "mean" ? 1 : dimension;
    const errorAt = (_: unknown, at: number) => mmse[Math.floor(at / copies)] / dimension;
    return { ...grid, errors: Float64Array.from({ length: mmse.length * copies }, errorAt) };
  }
  const source = { clean: { of: spec }, denoiser: { of: spec }, dimension };
  const { signal } = context;
  return (await gridWithErrors(context.pool, grid, needed, schedule, source, config.seed, { signal })).grid;
}

async function timesOf(config: CertificateJobConfig, law: Law, context: JobContext): Promise<TimeGrid> {
  const { grid, seed } = config;
  const { schedule } = law;
  if (grid.kind !== "certified") return inSection("sweep.base", () => createGrid(grid, schedule));
  const { kind: name, ...range } = grid;
  const curve = await curveOf(law, needsCoordinates(config.sampler), seed, context);
  const exact = { of: law.spec };
  const source = { clean: exact, denoiser: exact, dimension: law.target.dimension };
  const problem = { sampler: config.sampler, curve, schedule, range };
  const { times, tunedFor } = await bestTimes(context.pool, problem, source, seed, context.signal);
  return { name, times: Float64Array.from(times), tunedFor };
}

/** In closed form where the target is Gaussian and its own axes will do, else sampled. */
async function curveOf(
  { target, spec, schedule }: Law,
  coordinates: boolean,
  seed: number,
  { pool, signal }: JobContext,
): Promise<MmseCurve> {
  const snr = snrLadder(schedule, { steps: 1 }, curveLevels);
  if (target.gaussianVariances && !coordinates) return gaussianMmseCurve(target.gaussianVariances, snr);
  const law = { of: spec };
  const estimate = await estimateMmse(pool, {
    clean: law,
    denoiser: law,
    seed: derivedSeed(seed, "grid"),
    dimension: target.dimension,
    snr,
    samples: curveSamples,
    coordinates,
    signal,
  });
  return estimate.curve;
}
