import { requireNumber } from "../errors.js";

/** Paths or rows of one estimate, whose values, float64, take 800 MB. */
export const mostPaths = 100_000_000;

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
