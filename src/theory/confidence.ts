import { requireNumber } from "../errors.js";

/** Error probabilities below 1e-12 are lost where they are split and subtracted from 1. */
export const mostConfidence = 0.999999999999;

/** Throws unless `above` < confidence <= 1 - 1e-12. */
export function requireConfidence(confidence: number, above: number): void {
  requireNumber(
    "confidence",
    confidence,
    `must lie in (${above}, ${mostConfidence}]`,
    (value) => value > above && value <= mostConfidence,
  );
}
