import { fullCovariance } from "../diffusion/samplers/full-covariance.js";
import { jvp } from "../diffusion/samplers/jvp.js";
import { requireInteger, requireNumber, requireNumbers, requireTyped } from "../errors.js";
import { memberNamed } from "../family.js";
import { keysOf, requireOptions } from "../options.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import { mostPaths } from "./confidence.js";
import { curvedGapSums, levelOfStart, levelPlaces, startStride, stepsFrom } from "./curved-gaps.js";
import { curvedStepRoots } from "./curved-step-roots.js";
import { type DenoisingSetup, overRows, requireDenoising } from "./denoising-errors.js";
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

/** Starts of steps, from one end of the curve to the other. */
const starts = 97;
const mostSamples = 8192;
const leastSamples = 64;
/** Products of coordinates that a table may take. */
const work = 4e9;

/** Added to a step of length L in log snr is this times L^3: where nothing is lost, as with Gaussian laws, steps are even. */
const evenCost = 1e-7;

/**
 * What a step of `full-covariance` or `jvp` costs between any two levels, nats: discretization, and for `jvp` its covariance, by Monte Carlo over joint
 * paths of the data. Each is a mean of numbers that are not negative, so that it is found to a few per cent however short the step is. For
 * `certifiedTimes` and `optimalGridIndices`, whose curve gives the levels alone.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED for more than 64 dimensions, of `full-covariance` 16, or a denoiser without Jacobian-vector products.
 */
export async function curvedStepCost(pool: WorkerPool, request: CurvedStepCostRequest): Promise<StepCost> {
  const { sampler, clean, denoiser, dimension, curve, seed, samples, signal } = requireOptions(
    "request",
    request,
    requestKeys,
  );
  memberNamed({ jvp, "full-covariance": fullCovariance }, "sampler", sampler);
  requireDenoising({ clean, denoiser, seed }, dimension);
  requireCurve(curve);
  requireTyped("curve.snr", curve.snr, Float64Array);
  requireNumbers("curve.snr", curve.snr);
  requireNumber("curve.snr[0]", curve.snr[0], "must be > 0", (value) => value > 0);
  requireCovariances(sampler, dimension);
  const count = samples === undefined ? affordable(dimension) : requireInteger("samples", samples, 1, mostPaths);
  const [low, high] = [Math.log(curve.snr[0]), Math.log(curve.snr[curve.snr.length - 1])];
  const spacing = (high - low) / ((starts - 1) * startStride);
  const logSnr = levelPlaces(starts).map((place) => low + place * spacing);
  const errors = sampler === "jvp" ? errorsAt(curve, logSnr, dimension) : undefined;
  const rows = "points" in clean ? Math.min(count, clean.points.length / clean.dimension) : count;
  let means = new Float64Array(0);
  const add = (sums: Float64Array) => {
    means = sums.map((sum, at) => (means[at] ?? 0) + sum / rows);
  };
  await overRows(pool, curvedGapSums, { clean, denoiser, seed, logSnr, errors }, rows, add, { signal });
  const root = curvedStepRoots(means, logSnr);
  let seen: { readonly curve: MmseCurve; readonly places: Float64Array } | undefined;
  return (levels, from, to) => {
    if (seen?.curve !== levels) {
      seen = { curve: levels, places: levels.snr.map((snr) => (Math.log(snr) - low) / spacing) };
    }
    const [start, end] = [seen.places[from], seen.places[to]];
    return root(start, end - start) ** 3 + evenCost * ((end - start) * spacing) ** 3;
  };
}

function affordable(d: number): number {
  const pairs = Array.from({ length: starts }, (_, start) => stepsFrom(start, starts).length);
  const perRow = pairs.reduce((sum, each) => sum + each, 0) * (4 * d * d + 8 * d);
  return Math.max(leastSamples, Math.min(mostSamples, Math.floor(work / perRow)));
}

/** Mean squared errors of a coordinate at the starts. */
function errorsAt(curve: MmseCurve, logSnr: Float64Array, dimension: number): Float64Array {
  const snr = Float64Array.from({ length: starts }, (_, start) => Math.exp(logSnr[levelOfStart(start)]));
  return curveAt(curve, snr).mmse.map((mmse) => mmse / dimension);
}
