import { noiseSlope } from "../diffusion/curvature.js";
import { levelsOf, type TimeGrid } from "../diffusion/grid.js";
import type { JacobianDenoiser } from "../diffusion/jacobian-denoiser.js";
import { requireStepSampler, type Sampler } from "../diffusion/sampler.js";
import { samplers } from "../diffusion/samplers/index.js";
import type { NoiseLevel, NoiseSchedule } from "../diffusion/schedule.js";
import { createSchedule } from "../diffusion/schedules/index.js";
import { FedscoreError } from "../errors.js";
import type { Engine } from "../kernels/index.js";
import type { Float64Law } from "../targets/float64-law.js";
import { createLaw, type LawSpec } from "../targets/law.js";
import type { WorkerFunction } from "../workers/worker-pool.js";
import type { CertificateRequest } from "./certificate/unit-task.js";

/** A sampler of a law on the line. */
export interface LineProblem {
  readonly schedule: NoiseSchedule;
  readonly grid: TimeGrid;
  readonly sampler: Sampler;
  /** Of dimension 1. */
  readonly law: Float64Law;
  /** The law's own to sample with the exact one. */
  readonly denoiser: JacobianDenoiser;
}

/** The same as plain data, the denoiser that of the law. */
export interface LineRequest extends Pick<CertificateRequest, "schedule" | "grid" | "sampler"> {
  readonly law: LawSpec;
}

/** A density on the line: values at low, low + spacing and so on, float64. */
interface LineDensity {
  readonly low: number;
  readonly spacing: number;
  readonly values: Float64Array;
}

/** One step at the nodes of a density: x -> N(centers[i], deviations[i]^2). */
interface LineStep {
  readonly centers: Float64Array;
  readonly deviations: Float64Array;
  /** Largest slope of the centers over the deviation, where there is mass. */
  readonly steepness: number;
}

/** Nodes for one standard deviation of what is integrated: the trapezoidal rule then errs by less than float64 shows. */
const nodesPerDeviation = 3;
/** Standard deviations beyond which a Gaussian is nothing. */
const reach = 12;
/** Nodes below these shares of the largest density decide nothing about spacings, and nothing about the range. */
const negligible = 1e-16;
const faint = 1e-60;
const mostNodes = 2 ** 20;
/** Mass of either law that may be missing where it is integrated. */
const mostMissing = 1e-9;

/**
 * KL(q_delta || p_theta), nats, of a sampler on the line by quadrature, to about nine digits: the density after each step is the integral of the one before
 * against the step's Gaussian, by the trapezoidal rule, which converges faster than any power for densities as smooth as these.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED for a law that is not on the line, a sampler without noise or with two evaluations a step, and steps
 * whose noise is too small beside the range that they reach.
 */
export function lineOutputKl(engine: Engine, { schedule, grid, sampler, law, denoiser }: LineProblem): number {
  if (law.dimension !== 1 || denoiser.dimension !== 1) throw unsupported(sampler, "the law is not one-dimensional");
  const levels = levelsOf(schedule, grid, 1);
  let at: (spacing: number) => LineDensity = prior;
  let density = at(1 / nodesPerDeviation);
  levels.slice(1).forEach((to, k) => {
    const step = (nodes: LineDensity) => stepAt(engine, { schedule, sampler, denoiser }, nodes, levels[k], to);
    let found = step(density);
    const finest = 1 / (nodesPerDeviation * found.steepness);
    if (finest < density.spacing) {
      density = at(finest);
      found = step(density);
    }
    const [source, taken] = [density, found];
    at = (spacing) => stepped(sampler, source, taken, spacing);
    density = at(narrowest(source, taken) / nodesPerDeviation);
  });
  return klTo(engine, sampler, law, levels[levels.length - 1], density);
}

/** `lineOutputKl` with the exact denoiser, in a worker. */
export const outputKlOnLine: WorkerFunction<LineRequest, number> = {
  name: "outputKlOnLine",
  run(engine, { schedule, grid, sampler, law }) {
    const { float64, name } = createLaw(law);
    if (!float64) throw unsupported(samplers[sampler], `the density of ${name} is not known in float64`);
    const problem = { grid, schedule: createSchedule(schedule), sampler: samplers[sampler] };
    return lineOutputKl(engine, { ...problem, law: float64, denoiser: float64 });
  },
};

/** N(0, 1). */
function prior(spacing: number): LineDensity {
  const values = Float64Array.from({ length: Math.ceil((2 * reach) / spacing) + 1 }, (_, i) => {
    const x = i * spacing - reach;
    return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  });
  return { low: -reach, spacing, values };
}

function stepAt(
  engine: Engine,
  { schedule, sampler, denoiser }: Pick<LineProblem, "schedule" | "sampler" | "denoiser">,
  { low, spacing, values }: LineDensity,
  from: NoiseLevel,
  to: NoiseLevel,
): LineStep {
  const {
    x: cx,
    denoised: c0,
    noise,
    correction,
    curvature,
  } = requireStepSampler(sampler, "the quadrature of an output's KL").coefficients(from, to, schedule);
  if (correction !== undefined) throw unsupported(sampler, "its steps evaluate the denoiser twice");
  if (!(noise > 0)) throw unsupported(sampler, "its steps add no noise");
  const here = denoiser.at(engine, from);
  const [point, denoised, slope] = [new Float64Array(1), new Float64Array(1), new Float64Array(1)];
  const centers = new Float64Array(values.length);
  const deviations = new Float64Array(values.length);
  const least = negligible * largest(values);
  let steepness = 0;
  for (let i = 0; i < values.length; i++) {
    point[0] = low + i * spacing;
    here.denoise(point, denoised);
    here.jacobian(slope);
    centers[i] = cx * point[0] + c0 * denoised[0];
    deviations[i] = noise * Math.abs(noiseSlope(curvature, slope[0]));
    if (values[i] > least) steepness = Math.max(steepness, Math.abs(cx + c0 * slope[0]) / deviations[i]);
  }
  return { centers, deviations, steepness };
}

/** Least noise of a step where there is mass. */
function narrowest({ values }: LineDensity, { deviations }: LineStep): number {
  const least = negligible * largest(values);
  return deviations.reduce(
    (most, deviation, i) => (values[i] > least ? Math.min(most, deviation) : most),
    Number.POSITIVE_INFINITY,
  );
}

/** The density after a step, with such a spacing: each node of the one before is spread over the nodes that it reaches. */
function stepped(
  sampler: Sampler,
  { values, spacing: width }: LineDensity,
  { centers, deviations }: LineStep,
  spacing: number,
): LineDensity {
  const least = faint * largest(values);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  values.forEach((value, i) => {
    if (value <= least) return;
    low = Math.min(low, centers[i] - reach * deviations[i]);
    high = Math.max(high, centers[i] + reach * deviations[i]);
  });
  const count = Math.ceil((high - low) / spacing) + 1;
  if (!(count <= mostNodes)) {
    throw unsupported(
      sampler,
      `noise of ${spacing * nodesPerDeviation} beside a range of ${high - low} needs ${count} nodes`,
    );
  }
  const next = new Float64Array(count);
  values.forEach((value, i) => {
    if (value === 0) return;
    const [center, deviation] = [centers[i], deviations[i]];
    const scale = (value * width) / (deviation * Math.sqrt(2 * Math.PI));
    const first = Math.max(0, Math.ceil((center - reach * deviation - low) / spacing));
    const last = Math.min(count - 1, Math.floor((center + reach * deviation - low) / spacing));
    for (let j = first; j <= last; j++) {
      const z = (low + j * spacing - center) / deviation;
      next[j] += scale * Math.exp(-0.5 * z * z);
    }
  });
  return { low, spacing, values: next };
}

function klTo(
  engine: Engine,
  sampler: Sampler,
  law: Float64Law,
  level: NoiseLevel,
  { low, spacing, values }: LineDensity,
): number {
  const end = law.at(engine, level);
  const point = new Float64Array(1);
  let [kl, lawMass, mass] = [0, 0, 0];
  values.forEach((value, i) => {
    point[0] = low + i * spacing;
    const log = end.logDensity(point);
    const density = Math.exp(log);
    mass += spacing * value;
    lawMass += spacing * density;
    if (density > 0) kl += spacing * density * (log - Math.log(value));
  });
  const missing = Math.max(Math.abs(1 - mass), Math.abs(1 - lawMass));
  if (missing <= mostMissing && Number.isFinite(kl)) return kl;
  throw unsupported(
    sampler,
    `its output and the law do not lie on one range: ${missing.toPrecision(2)} of their mass is missing`,
  );
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

function unsupported({ name }: Sampler, reason: string): FedscoreError {
  return new FedscoreError("FEDSCORE_UNSUPPORTED", `no quadrature of sampler ${name} on the line: ${reason}`, {
    sampler: name,
  });
}
