import { finiteEntries, finiteResult } from "../data/finite.js";
import { powerOfTwo } from "../data/scale.js";
import { requireNumber } from "../errors.js";
import { keysOf, requireOptions } from "../options.js";
import { noiseSlope } from "./curvature.js";
import { levelsOf, type TimeGrid } from "./grid.js";
import { evaluates, partsAlong, requireSampler, type Sampler, type StepPart } from "./sampler.js";
import type { NoiseLevel, NoiseSchedule } from "./schedule.js";

/** One coordinate of the target N(mean, variance); coordinates of a Gaussian in its eigenbasis are independent. */
export interface GaussianLawOptions {
  readonly schedule: NoiseSchedule;
  readonly grid: TimeGrid;
  readonly sampler: Sampler;
  /** Variance s2 >= 0 of X_0; 0 is a point mass. */
  readonly variance: number;
  /** Mean of X_0. Default 0. */
  readonly mean?: number | undefined;
}

const gaussianKeys = keysOf<GaussianLawOptions>({
  schedule: true,
  grid: true,
  sampler: true,
  variance: true,
  mean: true,
});

/** The law of one coordinate of a sampler's state at each time of the grid, beside that of the forward process. */
export interface GaussianLaw {
  /** Mean and variance of the sampler's state, float64 [N + 1]; the prior N(0, 1) first. */
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  /** Mean and variance of q_t, the forward process at the same times. */
  readonly forwardMean: Float64Array;
  readonly forwardVariance: Float64Array;
  /** KL(q_t || sampler's law) in nats at each time. */
  readonly kl: Float64Array;
  /** The last of `kl`: that of the samples. */
  readonly outputKl: number;
}

/**
 * The exact law of a sampler that starts at N(0, 1) and uses the exact denoiser of N(mean, s2): a step is affine,
 * so with w_k = alpha s2 / v_k, the slope of E[X_0 | X_k] (v_k = alpha^2 s2 + sigma^2), and c the correction,
 *
 *     V_{k+1} = ((1 + c w_{k+1}) (c_x + c_0 w_k) - c w_k)^2 V_k + ((1 + c w_{k+1}) c_n)^2,
 *
 * c_n times the factor of the step's curvature at the slope w_k. Where steps look back it is the recursion of the covariance of the state and the
 * denoiser's last output; a step of several moves makes them one after the other.
 */
export function gaussianLaw(options: GaussianLawOptions): GaussianLaw {
  const { schedule, grid, sampler, mean: mu = 0 } = requireOptions("options", options, gaussianKeys);
  requireSampler(sampler);
  const s2 = requireNumber("variance", options.variance, "must be >= 0", (value) => value >= 0);
  requireNumber("mean", mu);
  const levels = levelsOf(schedule, grid);
  const forwardMean = Float64Array.from(levels, ({ alpha }) => alpha * mu);
  const forwardVariance = Float64Array.from(levels, (level) => forwardVarianceAt(level, s2));
  const mean = new Float64Array(levels.length);
  const variance = new Float64Array(levels.length).fill(1);
  let state = start;
  for (const [k, parts] of partsAlong(sampler, levels, schedule).entries()) {
    for (const part of parts) state = moved(state, part, mu, s2);
    mean[k + 1] = state.mean;
    variance[k + 1] = state.variance;
  }
  finiteEntries("gaussianLaw.mean", mean);
  finiteEntries("gaussianLaw.variance", variance);
  const kl = finiteEntries(
    "gaussianLaw.kl",
    mean.map((m, k) => klOf(forwardMean[k], forwardVariance[k], m, variance[k])),
  );
  return { mean, variance, forwardMean, forwardVariance, kl, outputKl: kl[kl.length - 1] };
}

/** The law of the state and of the denoiser's last output. */
interface StateLaw {
  readonly mean: number;
  readonly variance: number;
  readonly output: { readonly mean: number; readonly variance: number; readonly covariance: number };
}

const start: StateLaw = { mean: 0, variance: 1, output: { mean: 0, variance: 0, covariance: 0 } };

function moved(
  { mean, variance, output }: StateLaw,
  { from, to, coefficients }: StepPart,
  mu: number,
  s2: number,
): StateLaw {
  const { correction = 0, previous = 0, ...c } = coefficients;
  const [here, next] = [denoiserAt(from, mu, s2), denoiserAt(to, mu, s2)];
  const gain = 1 + correction * next.slope;
  const slope = gain * (c.x + c.denoised * here.slope) - correction * here.slope;
  const offset = gain * c.denoised * here.offset + correction * (next.offset - here.offset);
  const past = gain * previous;
  const noise = gain * c.noise * noiseSlope(c.curvature, here.slope);
  const lookedBack = 2 * slope * past * output.covariance + past * past * output.variance;
  const isEvaluated = evaluates(coefficients);
  return {
    mean: slope * mean + offset + past * output.mean,
    variance: slope * slope * variance + noise * noise + lookedBack,
    output: {
      mean: isEvaluated ? here.slope * mean + here.offset : output.mean,
      variance: isEvaluated ? here.slope * here.slope * variance : output.variance,
      covariance: isEvaluated
        ? here.slope * (slope * variance + past * output.covariance)
        : slope * output.covariance + past * output.variance,
    },
  };
}

/** E[X_0 | X_t = x] = slope x + offset. */
function denoiserAt(level: NoiseLevel, mu: number, s2: number): { readonly slope: number; readonly offset: number } {
  const forward = forwardVarianceAt(level, s2);
  return { slope: (level.alpha * s2) / forward, offset: (mu * level.sigma ** 2) / forward };
}

function forwardVarianceAt({ alpha, sigma }: NoiseLevel, s2: number): number {
  return alpha * alpha * s2 + sigma * sigma;
}

/**
 * KL(N(meanP, varianceP) || N(meanQ, varianceQ)) in nats, to full relative precision where both nearly agree.
 * @throws ArgumentError for a variance that is not > 0; FedscoreError FEDSCORE_NON_FINITE where the KL is beyond float64.
 */
export function gaussianKl(meanP: number, varianceP: number, meanQ: number, varianceQ: number): number {
  requireNumber("meanP", meanP);
  requireNumber("varianceP", varianceP, "must be > 0", (value) => value > 0);
  requireNumber("meanQ", meanQ);
  requireNumber("varianceQ", varianceQ, "must be > 0", (value) => value > 0);
  return finiteResult("gaussianKl", klOf(meanP, varianceP, meanQ, varianceQ));
}

function klOf(meanP: number, varianceP: number, meanQ: number, varianceQ: number): number {
  const unit = powerOfTwo(Math.sqrt(varianceQ));
  const shift = meanP / unit - meanQ / unit;
  return 0.5 * (excessOverLog(varianceP, varianceQ) + (shift * shift) / (varianceQ / unit / unit));
}

/** KL(N(0, ratio^2) || N(0, 1)) in nats, for ratios whose square float64 does not hold as well. */
export function scaleKl(ratio: number): number {
  const square = ratio * ratio;
  return square < leastNormal ? -0.5 - Math.log(ratio) : 0.5 * excessOverLog(square, 1);
}

const leastNormal = 2 ** -1022;

/** r - log(1 + r) >= 0 for 1 + r = p / q. Near r = 0 by log(1 + r) = 2 (s + s^3/3 + s^5/5 + ...), s = r / (2 + r). */
function excessOverLog(p: number, q: number): number {
  const r = (p - q) / q;
  if (Math.abs(r) > 0.1) return r - logRatio(p, q);
  const s = r / (2 + r);
  const s2 = s * s;
  const series = s2 * (1 / 3 + s2 * (1 / 5 + s2 * (1 / 7 + s2 * (1 / 9 + s2 * (1 / 11 + s2 / 13)))));
  return s * (r - 2 * series);
}

/** log(p / q), also where p / q is no normal number. */
function logRatio(p: number, q: number): number {
  const ratio = p / q;
  return ratio < leastNormal ? Math.log(p) - Math.log(q) : Math.log(ratio);
}
