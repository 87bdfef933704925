import { fullCovariance } from "../diffusion/samplers/full-covariance.js";
import { jvp } from "../diffusion/samplers/jvp.js";
import { requireInteger, requireNumbers, requireObject, requireTyped } from "../errors.js";
import { memberNamed } from "../family.js";
import { keysOf, requireOptions } from "../options.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import { mostPaths } from "./confidence.js";
import { curvedGapSums, endsOf, startStride, startsOf } from "./curved-gaps.js";
import { type DenoisingSetup, valuesOfRows } from "./denoising-errors.js";
import { curveAt, type MmseCurve, requireCurve } from "./mmse-curve.js";
import type { StepCost } from "./optimal-grid.js";
import { requireCovariances } from "./step-noise.js";

/** Whose steps are to cost what, by whose denoiser; see `curvedStepCost`. */
export interface CurvedStepCostRequest extends Pick<DenoisingSetup, "clean" | "denoiser" | "seed"> {
  readonly sampler: "jvp" | "full-covariance";
  readonly dimension: number;
  /** The mmse curve of the same denoiser, over the levels that steps may start and end at. */
  readonly curve: MmseCurve;
  /** Clean points, each with one path. Default: as many as take a few seconds, at most 8,192. */
  readonly samples?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const requestKeys = keysOf<CurvedStepCostRequest>({
  sampler: true,
  clean: true,
  denoiser: true,
  dimension: true,
  curve: true,
  seed: true,
  samples: true,
  signal: true,
});

/** Levels of the table from end to end, a multiple of the stride of starts; so many more lie behind the end. */
const tableSteps = 96 * startStride;
const mostSamples = 8192;
const leastSamples = 64;
const pairsOfTable = startsOf(tableSteps + startStride + 1).reduce(
  (sum, start) => sum + endsOf(start, tableSteps + startStride + 1).length,
  0,
);
/** Products of coordinates that a table may take. */
const work = 4e9;

/** Added to a step of length L in log snr is this times L^3: where nothing is lost, as with Gaussian laws, steps are even. */
const evenCost = 1e-7;

/**
 * What a step of `full-covariance` or `jvp` costs between any two levels, nats: discretization, and for `jvp` its covariance, by Monte Carlo over joint
 * paths of the data. Each is a mean of numbers that are not negative, so that it is found to a few per cent however short the step is. For
 * `certifiedTimes` and `optimalGridIndices`, whose curve gives the levels alone.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED for more than 64 dimensions, or a denoiser without Jacobian-vector products.
 */
export async function curvedStepCost(pool: WorkerPool, request: CurvedStepCostRequest): Promise<StepCost> {
  const { sampler, clean, denoiser, dimension, curve, seed, samples, signal } = requireOptions(
    "request",
    request,
    requestKeys,
  );
  memberNamed({ jvp, "full-covariance": fullCovariance }, "sampler", sampler);
  requireInteger("dimension", dimension, 1);
  requireInteger("seed", seed, 0);
  requireObject("denoiser", denoiser);
  requireObject("clean", clean);
  requireCurve(curve);
  requireTyped("curve.snr", curve.snr, Float64Array);
  requireNumbers("curve.snr", curve.snr);
  requireCovariances(sampler, dimension);
  const count = samples === undefined ? affordable(dimension) : requireInteger("samples", samples, 1, mostPaths);
  const [low, high] = [Math.log(curve.snr[0]), Math.log(curve.snr[curve.snr.length - 1])];
  const spacing = (high - low) / tableSteps;
  const logSnr = Float64Array.from({ length: tableSteps + startStride + 1 }, (_, i) => low + i * spacing);
  const errors = sampler === "jvp" ? errorsAt(curve, logSnr, dimension) : undefined;
  const rows = "points" in clean ? Math.min(count, clean.points.length / clean.dimension) : count;
  let means = new Float64Array(0);
  const add = (sums: Float64Array) => {
    means = sums.map((sum, at) => (means[at] ?? 0) + sum / rows);
  };
  await valuesOfRows(pool, curvedGapSums, { clean, denoiser, seed, logSnr, errors }, rows, add, { signal });
  const table = rootsOf(means, logSnr);
  let seen = { curve, places: placesOf(curve) };
  return (levels, from, to) => {
    if (seen.curve !== levels) seen = { curve: levels, places: placesOf(levels) };
    const length = seen.places[to] - seen.places[from];
    return rootAt(table, seen.places[from] / startStride, length) ** 3 + evenCost * (length * spacing) ** 3;
  };

  /** Of a curve's points, in levels of the table. */
  function placesOf({ snr }: MmseCurve): Float64Array {
    return snr.map((value) => (Math.log(value) - low) / spacing);
  }
}

function affordable(d: number): number {
  const perRow = pairsOfTable * (4 * d * d + 8 * d);
  return Math.max(leastSamples, Math.min(mostSamples, Math.floor(work / perRow)));
}

/** Mean squared errors of a coordinate; behind the end of the curve, where no step starts, that of its end. */
function errorsAt(curve: MmseCurve, logSnr: Float64Array, dimension: number): Float64Array {
  const inside = curveAt(curve, logSnr.subarray(0, tableSteps + 1).map(Math.exp)).mmse;
  return logSnr.map((_, i) => inside[Math.min(i, tableSteps)] / dimension);
}

/**
 * Cube roots of the costs of steps from each start, by their lengths in levels from 0 on. Short steps cost like the cube of their length, so roots are nearly
 * linear in it.
 */
function rootsOf(means: Float64Array, logSnr: Float64Array): Float64Array[] {
  const snr = logSnr.map(Math.exp);
  const covariances = means.subarray(means.length / 2);
  let pair = 0;
  return startsOf(logSnr.length).map((start) => {
    const roots = new Float64Array(logSnr.length - start);
    let [last, width, gap, integral] = [0, 0, 0, 0];
    for (const end of endsOf(start, logSnr.length)) {
      const [before, low] = [width, gap];
      width = snr[end] - snr[start];
      gap = means[pair];
      integral += before === 0 ? (gap * width) / 3 : powerIntegral(before, width, low, gap);
      const root = Math.cbrt(0.5 * integral + covariances[pair]);
      const length = end - start;
      for (let at = last + 1; at <= length; at++) {
        roots[at] = roots[last] + ((at - last) / (length - last)) * (root - roots[last]);
      }
      last = length;
      pair++;
    }
    return roots;
  });
}

/** Integral over [a, b] of a power of the variable that has these values at the ends. */
function powerIntegral(a: number, b: number, low: number, high: number): number {
  if (!(low > 0 && high > 0)) return 0.5 * (b - a) * (low + high);
  const next = 1 + Math.log(high / low) / Math.log(b / a);
  return Math.abs(next) < 1e-6 ? a * low * Math.log(b / a) : (b * high - a * low) / next;
}

/** Root of a step from `start` on, in starts, of a `length` in levels: linear in both between the table's. */
function rootAt(table: readonly Float64Array[], start: number, length: number): number {
  const first = Math.min(table.length - 2, Math.max(0, Math.floor(start)));
  const share = start - first;
  return Math.max(0, (1 - share) * rootOf(table[first], length) + share * rootOf(table[first + 1], length));
}

function rootOf(roots: Float64Array, length: number): number {
  const at = Math.min(Math.floor(length), roots.length - 2);
  return roots[at] + (length - at) * (roots[at + 1] - roots[at]);
}
