import { ArgumentError, requireObject } from "../../errors.js";
import { type Filled, filledSettings, type Given } from "../../family.js";
import { boolean, number, optional, required } from "../../fields.js";
import { requireOptions } from "../../options.js";

/** What may be set of the privacy of clients: ranges, defaults and the config's texts. */
export const clientPrivacyFields = {
  clipNorm: number(
    "(0, inf)",
    required,
    "C: largest Euclidean norm of a client's update; longer ones are shortened to it. With adaptive clipping, that of the first round.",
  ),
  noiseMultiplier: number(
    "[1e-100, 1e100]",
    required,
    "z: standard deviation, in units of C, of the noise on each parameter of a round's sum of updates.",
  ),
  reproducible: boolean(
    false,
    "Draw the noise, and who takes part, from the run's seed, for tests and comparisons. Who knows the seed can then take the noise away again, so that it protects nobody.",
  ),
};

/** What may be set of adaptive clipping (Andrew et al., arXiv 1905.03871). */
export const adaptiveClipFields = {
  quantile: number("(0, 1)", 0.5, "gamma: share of the updates that C is to be above."),
  learningRate: number(
    "(0, inf)",
    0.2,
    "eta: C is multiplied by exp(-eta (b - gamma)) after a round, b the noisy share of updates below it.",
  ),
  countNoise: number(
    "(0, inf)",
    optional,
    "Standard deviation of the noise on how many updates are below C; more than noiseMultiplier / 2. Default: a twentieth of the clients that are expected, but at least noiseMultiplier.",
  ),
};

/** How the clipping norm follows the updates. */
export type AdaptiveClip = Required<Filled<typeof adaptiveClipFields>>;

/**
 * Privacy of clients: in each round each of them takes part by its own chance, adds an update of norm at most C to the sum, and the sum gets
 * normal noise of standard deviation z C before it is divided by how many are expected (McMahan et al., arXiv 1710.06963).
 */
export interface ClientPrivacy extends Filled<typeof clientPrivacyFields> {
  /** Absent: C stays what it is. */
  readonly adaptive?: AdaptiveClip;
}

/** The same as a person writes it. */
export type ClientPrivacyOptions = Given<typeof clientPrivacyFields> & {
  /** Default: C stays what it is. */
  readonly adaptive?: Given<typeof adaptiveClipFields> | undefined;
};

/**
 * @param expected clients of a round, on average.
 * @throws ArgumentError or ArgumentTypeError naming the first setting that is absent or out of range, as `${argument}.clipNorm`.
 */
export function completeClientPrivacy(argument: string, given: ClientPrivacyOptions, expected: number): ClientPrivacy {
  requireOptions(argument, given, [...Object.keys(clientPrivacyFields), "adaptive"]);
  const settings = filledSettings(clientPrivacyFields, argument, given);
  if (given.adaptive === undefined) return settings;
  return { ...settings, adaptive: completeAdaptive(`${argument}.adaptive`, given.adaptive, settings, expected) };
}

function completeAdaptive(
  argument: string,
  given: Given<typeof adaptiveClipFields>,
  { noiseMultiplier: z }: Filled<typeof clientPrivacyFields>,
  expected: number,
): AdaptiveClip {
  requireOptions(argument, requireObject(argument, given), Object.keys(adaptiveClipFields));
  const { countNoise = Math.max(expected / 20, z), ...settings } = filledSettings(adaptiveClipFields, argument, given);
  if (countNoise > z / 2) return { ...settings, countNoise };
  const rule = `must be above ${z / 2}, half the noiseMultiplier: the count would take all of the privacy that it stands for`;
  throw new ArgumentError(`${argument}.countNoise`, rule, countNoise);
}

/**
 * The noise multiplier of the updates, so that they and the count of those below C together are one Gaussian mechanism of multiplier z: theorem 1 of
 * arXiv 1905.03871, in which a client changes the count, less a half for each, by 1 / 2.
 */
export function updateNoiseMultiplier({ noiseMultiplier: z, adaptive }: ClientPrivacy): number {
  return adaptive ? 1 / Math.sqrt(1 / (z * z) - 1 / (4 * adaptive.countNoise ** 2)) : z;
}
