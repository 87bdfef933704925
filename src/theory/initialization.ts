import type { NoiseLevel } from "../diffusion/schedule.js";
import { FedscoreError } from "../errors.js";
import type { Target } from "../targets/target.js";

/** Nats per dimension up to which the bound stands for the initialization; above, KL(q_T || N(0, I)) itself is sampled where it can be. */
const worthSampling = 1e-3;

/** snr below which -alpha^2 - log sigma^2 is taken as snr^2 / 2, which it is not above: too few digits would be left of the difference. */
const fewestDigits = 1e-8;

/**
 * KL(q_T || N(0, I)) <= E KL(N(alpha X_0, sigma^2 I) || N(0, I)) = (alpha^2 E|X_0|^2 - d alpha^2 - d log sigma^2) / 2, nats, for a
 * variance preserving process: about e^{-2T} E|X_0|^2 / 2 in OU time T. Convexity of KL.
 */
export function initializationBound(secondMoment: number, dimension: number, { logSnr, alpha }: NoiseLevel): number {
  const snr = Math.exp(logSnr);
  if (snr < fewestDigits) return 0.5 * (alpha * alpha * secondMoment + 0.5 * dimension * snr * snr);
  return 0.5 * (alpha * alpha * (secondMoment - dimension) + dimension * Math.log1p(snr));
}

/**
 * The initialization term of a certificate in closed form; undefined where it is sampled with the paths. A function of law and level alone, so that
 * the choice costs no confidence.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED for a law with neither a second moment nor a density.
 */
export function closedInitialization(
  { name, dimension, secondMoment, marginalLogDensity }: Target,
  level: NoiseLevel,
): number | undefined {
  if (secondMoment === undefined && !marginalLogDensity) {
    const message = `KL(q_T || N(0, I)) of ${name} is not known: the law needs a second moment or a density`;
    throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { law: name });
  }
  if (secondMoment === undefined) return undefined;
  const bound = initializationBound(secondMoment, dimension, level);
  return marginalLogDensity && bound > worthSampling * dimension ? undefined : bound;
}
