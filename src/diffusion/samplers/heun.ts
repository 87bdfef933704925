import { number, optional } from "../../fields.js";
import {
  type GridStep,
  type PartSampler,
  type StepCoefficients,
  type StepPart,
  type StepSampler,
  settledSampler,
} from "../sampler.js";
import { levelWith, type NoiseLevel } from "../schedule.js";

/** Largest rise of sigma in a step, as a share: Karras et al., algorithm 2. */
const mostChurn = Math.SQRT2 - 1;

/**
 * Heun's method for the probability flow in the variables x / alpha and sigma / alpha of Karras et al.: a step of `ddim`, then the mean
 * of the slopes at both of its ends. With churn a step adds noise first, up to (1 + g) sigma / alpha, g = min(churn / N, sqrt(2) - 1). Without it is
 * deterministic: its certificate is a change of variables.
 */
export const heun = settledSampler({
  kind: "heun",
  text: "Heun's method for the probability flow, with churn if asked for; Karras et al., arXiv 2206.00364, algorithms 1 and 2. sigma is sigma / alpha, in units of the data.",
  fields: {
    churn: number(
      "[0, 1e6]",
      0,
      "S_churn: noise that the N steps add, which raises sigma by churn / N of itself; certified for 0.",
    ),
    churnMin: number("[0, inf)", 0, "S_min: least sigma at which a step adds noise."),
    churnMax: number("[0, inf)", optional, "S_max: largest sigma at which a step adds noise. Absent: no limit."),
    churnNoise: number("[0.5, 2]", 1, "S_noise: deviation of the noise, in what keeps the law."),
  },
  check({ churnMin, churnMax }) {
    if (churnMax === undefined || churnMin <= churnMax) return undefined;
    return { path: ["churnMin"], rule: `must be at most churnMax = ${churnMax}`, value: churnMin };
  },
  create({ churn, ...range }): StepSampler | PartSampler {
    const described = {
      name: "heun",
      source: "Karras et al., arXiv 2206.00364, algorithms 1 and 2",
      order: 2,
      evaluations: 2,
    } as const;
    if (churn === 0) return { ...described, coefficients: heunStep };
    return { ...described, parts: (step) => churnedStep(step, churn, range) };
  },
});

function heunStep(from: NoiseLevel, to: NoiseLevel): StepCoefficients {
  return {
    x: to.sigma / from.sigma,
    denoised: -to.alpha * Math.expm1((from.logSnr - to.logSnr) / 2),
    noise: 0,
    correction: (to.alpha / 2) * Math.expm1((to.logSnr - from.logSnr) / 2),
  };
}

interface ChurnRange {
  readonly churnMin: number;
  readonly churnMax?: number;
  readonly churnNoise: number;
}

function churnedStep(
  { from, to, count }: GridStep,
  churn: number,
  { churnMin, churnMax, churnNoise }: ChurnRange,
): StepPart[] {
  const sigma = from.sigma / from.alpha;
  if (sigma < churnMin || (churnMax !== undefined && sigma > churnMax))
    return [{ from, to, coefficients: heunStep(from, to) }];
  const rise = Math.min(churn / count, mostChurn);
  const noisier = levelWith(from.logSnr - 2 * Math.log1p(rise), from.t);
  const growth = noisier.alpha / from.alpha;
  const noise = growth * from.sigma * Math.sqrt(rise * (2 + rise)) * churnNoise;
  return [
    { from, to: noisier, coefficients: { x: growth, denoised: 0, noise } },
    { from: noisier, to, coefficients: heunStep(noisier, to) },
  ];
}
