import type { NoiseLevel } from "../../diffusion/schedule.js";
import { ArgumentError, FedscoreError, requireNumber } from "../../errors.js";
import { keysOf, requireOptions } from "../../options.js";
import type { UnroundedMixture } from "../../targets/mixture.js";
import type { Target } from "../../targets/target.js";
import { logSumExp } from "./log-sum-exp.js";

/** Which defensive sampler to certify beside the sampler. */
export interface DefensiveOptions {
  /** Its probability to draw from the Gaussian instead, in (0, 1): samples differ from the sampler's by at most this in total variation. */
  readonly share: number;
  /** Of the Gaussian N(0, variance I), larger than any of the law's components has at delta. Default: the one that promises the least end. */
  readonly variance?: number | undefined;
}

/** The law (1 - share) p_theta + share N(0, variance I), which is nowhere much smaller than q_delta. */
export interface DefensiveSampler {
  readonly share: number;
  readonly variance: number;
  /** R: log(q_delta(x) / (share N(x; 0, variance I))) is nowhere larger, nats. */
  readonly mostLogRatio: number;
}

const keys = keysOf<DefensiveOptions>({ share: true, variance: true });

/**
 * The defensive sampler of these options for a law of independent isotropic mixtures.
 * @param level delta.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED for other laws; ArgumentError for a variance that some component of the law exceeds.
 */
export function defensiveSampler(options: DefensiveOptions, law: Target, level: NoiseLevel): DefensiveSampler {
  const { share } = requireOptions("defensive", options, keys);
  requireNumber("defensive.share", share, "must lie in (0, 1)", (value) => value > 0 && value < 1);
  const { independentMixtures } = law;
  if (!independentMixtures) {
    const message = `no defensive sampler for ${law.name}: it is not known as independent mixtures of isotropic Gaussians, whose ratio to a wide Gaussian is bounded in closed form`;
    throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { law: law.name });
  }
  const mixtures = independentMixtures.map((mixture) => noised(mixture, level));
  const widest = Math.max(...mixtures.flatMap(({ variances }) => Array.from(variances)));
  const variance = options.variance ?? bestVariance(mixtures, widest);
  const rule = `must exceed the variance of every component of the law at delta, of which the largest is ${widest.toPrecision(6)}`;
  requireNumber("defensive.variance", variance, rule, (value) => value > widest);
  const most = mixtures.reduce((sum, mixture) => sum + mostLogRatio(mixture, variance), 0);
  if (!Number.isFinite(most))
    throw new ArgumentError(
      "defensive.variance",
      "must be such that the ratio of the law to the Gaussian is bounded in float64",
      variance,
    );
  return { share, variance, mostLogRatio: most - Math.log(share) };
}

/** The law of alpha X + sigma Z. */
function noised({ means, variances, ...rest }: UnroundedMixture, { alpha, sigma }: NoiseLevel): UnroundedMixture {
  return {
    ...rest,
    means: means.map((value) => alpha * value),
    variances: Float64Array.from(variances, (value) => alpha * alpha * value + sigma * sigma),
  };
}

/** w N(x; mu, v I) / N(x; 0, c^2 I) = e^(height - curvature |x - center|^2), center = reach mu. */
interface Bump {
  readonly height: number;
  readonly reach: number;
  readonly curvature: number;
}

function bumpsOf({ dimension: d, means, weights, variances }: UnroundedMixture, variance: number): Bump[] {
  return Array.from(weights, (weight, k) => {
    const own = variances[k];
    const square = means.subarray(k * d, (k + 1) * d).reduce((sum, value) => sum + value * value, 0);
    return {
      height: Math.log(weight) + 0.5 * d * Math.log(variance / own) + square / (2 * (variance - own)),
      reach: variance / (variance - own),
      curvature: (variance - own) / (2 * own * variance),
    };
  });
}

/**
 * At least max_x log(q(x) / N(x; 0, variance I)): a sum of bumps. Where the center of bump j is the one nearest to x, x is at least half as far from
 * any other center as that one is from it, so the sum is at most h_j + sum_k h_k e^(-curvature_k |center_k - center_j|^2 / 4).
 */
function mostLogRatio(mixture: UnroundedMixture, variance: number): number {
  const { dimension: d, means } = mixture;
  const bumps = bumpsOf(mixture, variance);
  const most = bumps.map((_, j) =>
    logSumExp(
      Float64Array.from(bumps, ({ height, reach, curvature }, k) => {
        let square = 0;
        for (let at = 0; at < d; at++) square += (reach * means[k * d + at] - bumps[j].reach * means[j * d + at]) ** 2;
        return height - 0.25 * curvature * square;
      }),
    ),
  );
  return most.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
}

/** Near the variance of the least sum of all heights: golden sections of log(variance - widest). */
function bestVariance(mixtures: readonly UnroundedMixture[], widest: number): number {
  const farthest = mixtures.reduce(
    (most, { means }) => means.reduce((larger, value) => Math.max(larger, value * value), most),
    0,
  );
  const excess = (variance: number) =>
    mixtures.reduce(
      (sum, mixture) => sum + logSumExp(Float64Array.from(bumpsOf(mixture, variance), ({ height }) => height)),
      0,
    );
  const largest = Math.max(...mixtures.map(({ dimension }) => dimension)) * farthest;
  let [low, high] = [Math.log(1e-3 * widest), Math.log(widest + largest) + 1];
  const golden = (Math.sqrt(5) - 1) / 2;
  for (let i = 0; i < 40; i++) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)];
    if (excess(widest + Math.exp(left)) < excess(widest + Math.exp(right))) high = right;
    else low = left;
  }
  return widest + Math.exp((low + high) / 2);
}
