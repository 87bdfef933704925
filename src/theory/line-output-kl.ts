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

/** A law on the line: negligible but from low to high, and as smooth as a Gaussian of the narrowest deviation. */
interface LineLaw {
  readonly low: number;
  readonly high: number;
  readonly narrowest: number;
  /** Its density at low, low + spacing and so on. */
  values(low: number, spacing: number, count: number): Float64Array;
}

/** Where a density is asked for. */
interface LineNodes {
  readonly low: number;
  readonly high: number;
  readonly spacing: number;
}

/** One step at the nodes of a density: x -> N(centers[i], deviations[i]^2). */
interface LineStep {
  readonly centers: Float64Array;
  readonly deviations: Float64Array;
  /** Largest slope of centers and deviations over the deviation, where there is mass. */
  readonly steepness: number;
}

/** Nodes for one standard deviation of what is integrated: the trapezoidal rule then errs by less than float64 shows. */
const nodesPerDeviation = 3;
/** Standard deviations beyond which a Gaussian is nothing: where an output is four times narrower than the law, its tails still count. */
const reach = 26;
/** Nodes below these shares of the largest density decide nothing about spacings, and nothing about the range. */
const negligible = 1e-9;
const faint = 1e-150;
const mostNodes = 2 ** 20;
/** Points where the law is looked for. */
const mostPoints = 2 ** 23;
/** Mass of either law that may be lost, and mass of the data law where the output has none that float64 holds. */
const mostMissing = 1e-9;
const mostUnreached = 1e-12;
/** Log densities of the data law that far below its largest add nothing. */
const faintLog = 90;
/** Nodes of a Gaussian that follow from one by multiplication: more, and its rounding would show. */
const recurrence = 64;

/**
 * KL(q_delta || p_theta), nats, of a sampler on the line by quadrature, to about nine digits: the density after each step is the integral of the one before
 * against the step's Gaussian, by the trapezoidal rule, which converges faster than any power for densities as smooth as these.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED for a law that is not on the line, a sampler without noise or with two evaluations a step, and steps
 * whose noise is too small beside the range that they reach, or whose output misses part of the law.
 */
export function lineOutputKl(engine: Engine, { schedule, grid, sampler, law, denoiser }: LineProblem): number {
  if (law.dimension !== 1 || denoiser.dimension !== 1) throw unsupported(sampler, "the law is not one-dimensional");
  const levels = levelsOf(schedule, grid, 1);
  let output = prior;
  levels.slice(1).forEach((to, k) => {
    const step = (nodes: LineDensity) => stepAt(engine, { schedule, sampler, denoiser }, nodes, levels[k], to);
    const { low, high } = output;
    let source = densityOn(sampler, output, { low, high, spacing: output.narrowest / nodesPerDeviation });
    let taken = step(source);
    const finest = 1 / (nodesPerDeviation * taken.steepness);
    if (finest < source.spacing) {
      source = densityOn(sampler, output, { low, high, spacing: finest });
      taken = step(source);
    }
    requireMass(sampler, k, source);
    output = afterStep(source, taken);
  });
  return klTo(engine, sampler, law, levels[levels.length - 1], output);
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
const prior: LineLaw = {
  low: -reach,
  high: reach,
  narrowest: 1,
  values: (low, spacing, count) =>
    Float64Array.from({ length: count }, (_, i) => Math.exp(-0.5 * (low + i * spacing) ** 2) / Math.sqrt(2 * Math.PI)),
};

function densityOn(sampler: Sampler, law: LineLaw, { low, high, spacing }: LineNodes): LineDensity {
  const count = Math.ceil((high - low) / spacing) + 1;
  if (count <= mostNodes) return { low, spacing, values: law.values(low, spacing, count) };
  throw unsupported(
    sampler,
    `noise or slope of a step ask for nodes ${spacing} apart over a range of ${high - low}, at most ${mostNodes} of them`,
  );
}

/** Refuses a density that nodes or range lose part of. */
function requireMass(sampler: Sampler, steps: number, { spacing, values }: LineDensity): void {
  const mass = values.reduce((sum, value) => sum + spacing * value, 0);
  if (Math.abs(1 - mass) <= mostMissing) return;
  throw unsupported(sampler, `after ${steps} steps the mass of its density is ${mass} in place of 1`);
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
    if (i === 0 || !(values[i] > least)) continue;
    const moved = Math.abs(centers[i] - centers[i - 1]) + Math.abs(deviations[i] - deviations[i - 1]);
    steepness = Math.max(steepness, moved / (spacing * Math.min(deviations[i], deviations[i - 1])));
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

/** The law after a step: each node of the density before is spread over the nodes that it reaches. */
function afterStep(source: LineDensity, step: LineStep): LineLaw {
  const { values, spacing: width } = source;
  const { centers, deviations } = step;
  const least = faint * largest(values);
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  values.forEach((value, i) => {
    if (value <= least) return;
    lowest = Math.min(lowest, centers[i] - reach * deviations[i]);
    highest = Math.max(highest, centers[i] + reach * deviations[i]);
  });
  return {
    low: lowest,
    high: highest,
    narrowest: narrowest(source, step),
    values(low, spacing, count) {
      const next = new Float64Array(count);
      values.forEach((value, i) => {
        if (value > least)
          addGaussian(next, value * width, (centers[i] - low) / spacing, deviations[i] / spacing, spacing);
      });
      return next;
    },
  };
}

/** Adds mass N(center, deviation^2), both in nodes, one exponential for many nodes: each is the one before times a ratio that falls by a constant factor. */
function addGaussian(values: Float64Array, mass: number, center: number, deviation: number, spacing: number): void {
  const scale = mass / (deviation * spacing * Math.sqrt(2 * Math.PI));
  const first = Math.max(0, Math.ceil(center - reach * deviation));
  const last = Math.min(values.length - 1, Math.floor(center + reach * deviation));
  const square = 1 / (deviation * deviation);
  const fall = Math.exp(-square);
  for (let start = first; start <= last; start += recurrence) {
    const offset = start - center;
    let value = scale * Math.exp(-0.5 * square * offset * offset);
    let ratio = Math.exp(-square * (offset + 0.5));
    const end = Math.min(last, start + recurrence - 1);
    for (let j = start; j <= end; j++) {
      values[j] += value;
      value *= ratio;
      ratio *= fall;
    }
  }
}

function klTo(engine: Engine, sampler: Sampler, law: Float64Law, level: NoiseLevel, output: LineLaw): number {
  const end = law.at(engine, level);
  const point = new Float64Array(1);
  const logDensity = (x: number) => {
    point[0] = x;
    return end.logDensity(point);
  };
  const spacing = Math.min(output.narrowest, level.sigma) / nodesPerDeviation;
  const { low, values } = densityOn(sampler, output, { ...rangeOf(sampler, logDensity, level, output), spacing });
  let [kl, reached, unreached] = [0, 0, 0];
  values.forEach((value, i) => {
    const log = logDensity(low + i * spacing);
    const share = spacing * Math.exp(log);
    if (value > 0) {
      reached += share;
      kl += share * (log - Math.log(value));
    } else unreached += share;
  });
  if (unreached <= mostUnreached && Math.abs(1 - reached) <= mostMissing) return kl;
  const outside = Math.max(unreached, 1 - reached).toPrecision(2);
  throw unsupported(sampler, `the law has ${outside} of its mass where the output has none that float64 holds`);
}

/** Where the data law is, within the range of the output: its noise alone makes it as wide as the spacing of the points that are tried. */
function rangeOf(
  sampler: Sampler,
  logDensity: (x: number) => number,
  { sigma }: NoiseLevel,
  output: LineLaw,
): Pick<LineNodes, "low" | "high"> {
  const count = Math.ceil((output.high - output.low) / sigma) + 1;
  if (!(count <= mostPoints)) {
    throw unsupported(sampler, `it reaches over ${output.high - output.low}, the law's noise is ${sigma} beside it`);
  }
  const logs = Float64Array.from({ length: count }, (_, i) => logDensity(output.low + i * sigma));
  const least = logs.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY) - faintLog;
  const isThere = (value: number) => value >= least;
  const place = (i: number) => output.low + i * sigma;
  return { low: place(logs.findIndex(isThere) - 1), high: place(logs.findLastIndex(isThere) + 1) };
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

function unsupported({ name }: Sampler, reason: string): FedscoreError {
  return new FedscoreError("FEDSCORE_UNSUPPORTED", `no quadrature of sampler ${name} on the line: ${reason}`, {
    sampler: name,
  });
}
