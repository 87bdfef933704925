import { requireBoolean, requireNumbers, requireTyped } from "../errors.js";
import { keysOf, requireOptions } from "../options.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import { type CoordinateSums, coordinateErrors } from "./coordinate-errors.js";
import { type DenoisingSetup, denoisingErrors, requireDenoising, requireSamples } from "./denoising-errors.js";
import { nonIncreasingFit } from "./isotonic.js";
import { type MmseCurve, mmseCurve } from "./mmse-curve.js";
import { RunningMoments } from "./running-moments.js";

/** Whose mean square error to estimate, and where; see `estimateMmse`. */
export interface MmseRequest extends Pick<DenoisingSetup, "clean" | "denoiser" | "seed"> {
  readonly dimension: number;
  /** Increasing, float64 [M]. */
  readonly snr: Float64Array;
  /** Independent clean points. */
  readonly samples: number;
  /** The curve of each coordinate too, and as the whole one their sum. Default false. */
  readonly coordinates?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

const requestKeys = keysOf<MmseRequest>({
  clean: true,
  denoiser: true,
  seed: true,
  dimension: true,
  snr: true,
  samples: true,
  coordinates: true,
  signal: true,
});

/** mmse(snr) by Monte Carlo, with common random numbers at all snr. */
export interface MmseEstimate {
  /**
   * "mmse": of the exact denoiser. "upper": of a trained one, whose error is mmse + E|x0hat* - x0hat|^2, so an upper curve (within its
   * standard errors).
   */
  readonly kind: "mmse" | "upper";
  /** The non-increasing fit, weighted by the inverse variances. */
  readonly curve: MmseCurve;
  /** Means and standard errors before the fit, squared data units. */
  readonly mean: Float64Array;
  readonly standardError: Float64Array;
  /** Fisher information E|score|^2 = (1 + snr) (d - snr mmse) of X_t; from an "upper" curve a lower one. */
  readonly fisher: Float64Array;
  readonly samples: number;
}

/** Estimates the curve in the workers of a pool. */
export async function estimateMmse(pool: WorkerPool, request: MmseRequest): Promise<MmseEstimate> {
  const {
    clean,
    denoiser,
    seed,
    dimension,
    snr,
    samples,
    coordinates = false,
    signal,
  } = requireOptions("request", request, requestKeys);
  requireTyped("snr", snr, Float64Array);
  requireNumbers("snr", snr);
  requireDenoising({ clean, denoiser, seed }, dimension);
  requireBoolean("coordinates", coordinates);
  requireSamples(clean, samples, 2);
  const moments = Array.from(snr, () => new RunningMoments());
  const setup = { clean, denoiser, logSnr: snr.map(Math.log), commonNoise: true, seed };
  const addRows = (errors: Float64Array, _first: number, rows: number) => {
    moments.forEach((each, level) => {
      for (let row = 0; row < rows; row++) each.add(errors[level * rows + row]);
    });
  };
  const sums = coordinates
    ? await coordinateErrors(pool, setup, samples, dimension, { signal }, addRows)
    : await denoisingErrors(pool, setup, samples, addRows, { signal });
  const mean = Float64Array.from(moments, (each) => each.mean);
  const standardError = Float64Array.from(moments, (each) => each.standardError);
  const parts = sums && partsOf(sums, samples, dimension);
  const fitted = parts ? sumOf(parts) : fittedCurve(mean, standardError);
  return {
    kind: "spec" in denoiser ? "upper" : "mmse",
    curve: { ...mmseCurve(snr, fitted), ...(parts && { coordinates: parts }) },
    mean,
    standardError,
    fisher: fitted.map((value, i) => (1 + snr[i]) * Math.max(0, dimension - snr[i] * value)),
    samples,
  };
}

/** The non-increasing fit of means by their standard errors. */
function fittedCurve(mean: Float64Array, standardError: Float64Array): Float64Array {
  // A level without spread gets the weight of a relative error of 1e-6, not of none.
  const weights = mean.map((value, i) => 1 / (standardError[i] ** 2 + (1e-6 * value) ** 2 + Number.MIN_VALUE ** 0.5));
  return nonIncreasingFit(mean, weights);
}

/** The fit of each coordinate, [dimension] of float64 [levels]. */
function partsOf({ squares, fourths }: CoordinateSums, samples: number, dimension: number): Float64Array[] {
  const levels = squares.length / dimension;
  return Array.from({ length: dimension }, (_, j) => {
    const mean = Float64Array.from({ length: levels }, (_, i) => squares[i * dimension + j] / samples);
    const standardError = mean.map((value, i) => {
      const variance = fourths[i * dimension + j] / samples - value * value;
      return Math.sqrt(Math.max(0, variance) / (samples - 1));
    });
    return fittedCurve(mean, standardError);
  });
}

function sumOf(parts: readonly Float64Array[]): Float64Array {
  return parts[0].map((_, i) => parts.reduce((sum, part) => sum + part[i], 0));
}
