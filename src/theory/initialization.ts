import type { NoiseLevel } from "../diffusion/schedule.js";

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
