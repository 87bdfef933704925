import { keysOf, requireOptions } from "../options.js";
import { gaussianEpsilon } from "./gaussian.js";
import { lossEpsilon } from "./loss-distribution.js";
import { requireDelta, requireMechanisms, type SampledGaussian } from "./mechanism.js";
import { renyiEpsilon } from "./renyi-epsilon.js";

/** Which accountant an epsilon is from: the exact one where no unit is sampled, else the one that gave the smaller number. */
export const accountants = ["exact", "renyi", "loss-distribution"] as const;

/** What some mechanisms together spend of privacy. */
export interface SpentPrivacy {
  /** >= 0. With `delta` it bounds how much more likely an output may become by one unit more or less: P(S) <= exp(epsilon) Q(S) + delta. */
  readonly epsilon: number;
  readonly delta: number;
  readonly accountant: (typeof accountants)[number];
}

/** What is asked of the accountants. */
export interface EpsilonOptions {
  /** Points of the privacy loss distribution: see lossEpsilon. */
  readonly points?: number | undefined;
}

const epsilonKeys = keysOf<EpsilonOptions>({ points: true });

/**
 * The smallest epsilon that is known for mechanisms that are run one after the other on the same units, each chosen by what the earlier ones released or not:
 * an upper bound of the exact one. Two data sets are neighbours where one has one unit more.
 * @throws ArgumentError or ArgumentTypeError naming what is out of range, such as mechanisms[1].sampleRate.
 */
export function epsilonOf(
  mechanisms: readonly SampledGaussian[],
  delta: number,
  options: EpsilonOptions = {},
): SpentPrivacy {
  const { points } = requireOptions("options", options, epsilonKeys);
  const some = requireMechanisms("mechanisms", mechanisms);
  requireDelta(delta);
  if (some.every(({ sampleRate }) => sampleRate === 1))
    return { epsilon: some.length === 0 ? 0 : gaussianEpsilon(noiseOf(some), delta), delta, accountant: "exact" };
  const { epsilon: renyi } = renyiEpsilon(some, delta);
  const loss = lossEpsilon(some, delta, points);
  return loss < renyi
    ? { epsilon: loss, delta, accountant: "loss-distribution" }
    : { epsilon: renyi, delta, accountant: "renyi" };
}

/** The noise multiplier of the one Gaussian mechanism that several are together: 1 / z^2 is the sum of theirs. */
function noiseOf(mechanisms: readonly SampledGaussian[]): number {
  return 1 / Math.sqrt(mechanisms.reduce((sum, { noiseMultiplier: z, steps }) => sum + steps / (z * z), 0));
}
