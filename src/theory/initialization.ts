import type { NoiseLevel } from "../diffusion/schedule.js";

/**
 * KL(q_T || N(0, I)) <= E KL(N(alpha X_0, sigma^2 I) || N(0, I)) = (alpha^2 E|X_0|^2 - d alpha^2 - d log sigma^2) / 2, nats, for a
 * variance preserving process: about e^{-2T} E|X_0|^2 / 2 in OU time T. Convexity of KL.
 */
export function initializationBound(secondMoment: number, dimension: number, { logSnr, alpha }: NoiseLevel): number {
  const logVariance = -Math.log1p(Math.exp(logSnr));
  return 0.5 * (alpha * alpha * (secondMoment - dimension) - dimension * logVariance);
}
