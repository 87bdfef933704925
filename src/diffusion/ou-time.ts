import { requireNumber } from "../errors.js";

/**
 * The common clock of variance preserving processes: tau = -log alpha, in which each is the Ornstein-Uhlenbeck
 * process alpha = e^-tau. Nothing cancels, from tau near 0 (clean) to tau = 350 and above (pure noise).
 */

/** tau = log(1 + e^-logSnr) / 2. */
export function ouTime(logSnr: number): number {
  requireNumber("logSnr", logSnr);
  return logSnr > 0 ? 0.5 * Math.log1p(Math.exp(-logSnr)) : 0.5 * (Math.log1p(Math.exp(logSnr)) - logSnr);
}

/** log snr = -log(e^{2 tau} - 1). */
export function logSnrOfOuTime(tau: number): number {
  const B = 2 * tau;
  return B < 30 ? -Math.log(Math.expm1(B)) : -B - Math.log1p(-Math.exp(-B));
}

/** h = tau(from) - tau(to) > 0 between two log snr, exact to rounding for the smallest steps: e^{2h} - 1 = sigma_to^2 (snr_to / snr_from - 1). */
export function ouStep(logSnrFrom: number, logSnrTo: number): number {
  const rise = logSnrTo - logSnrFrom;
  if (rise > 1) return ouTime(logSnrFrom) - ouTime(logSnrTo);
  return 0.5 * Math.log1p(Math.expm1(rise) / (1 + Math.exp(logSnrTo)));
}
