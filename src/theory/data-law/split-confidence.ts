import { requireNumber } from "../../errors.js";
import { requireConfidence } from "../confidence.js";

/** Their error probability is split among a few ends, each of which needs more than 1e-12 of it. */
const mostSplit = 0.999999999;

/** Throws unless 0 < confidence <= 1 - 1e-9. */
export function requireSplitConfidence(confidence: number): void {
  requireConfidence(confidence, 0);
  requireNumber("confidence", confidence, `must lie in (0, ${mostSplit}]`, (value) => value <= mostSplit);
}
