import { requireCoordinates } from "../curvature.js";
import { sampler } from "../sampler.js";
import type { NoiseLevel } from "../schedule.js";
import { excessOf, requireError } from "./analytic.js";
import { ancestral } from "./ancestral.js";

/**
 * `analytic` with a variance for each coordinate, (1 + lambda_j) times that of the bridge:
 *
 *     lambda_j = (snr_s - snr_t) E|X_0 - x0hat(X_t)|_j^2.
 *
 * Of all steps around the same mean with independent coordinates and constant variances the one with the least KL of paths (docs/theory.md, 2h). Where
 * all coordinates err alike it is `analytic`.
 */
export const analyticDiagonal = sampler({
  name: "analytic-diagonal",
  source:
    "docs/theory.md, 2h; for each coordinate Bao et al., arXiv 2201.06503, theorem 1, with the denoiser's own error (arXiv 2206.07309)",
  order: 1,
  evaluations: 1,
  needsErrors: "coordinates",
  coefficients: (from, to, schedule) => ({
    ...ancestral.coefficients(from, to, schedule),
    curvature: { kind: "diagonal", factors: excesses(from, to).map((lambda) => Math.sqrt(1 + lambda)) },
  }),
});

/**
 * lambda_j of a step, float64 [dimension].
 * @throws ArgumentError where the grid has not one error for each step and coordinate.
 */
export function excessVariances(from: NoiseLevel, to: NoiseLevel, dimension: number): Float64Array {
  const lambdas = excesses(from, to);
  requireCoordinates(lambdas, dimension);
  return lambdas;
}

/** One number a step is all that there is on the line. */
function excesses(from: NoiseLevel, to: NoiseLevel): Float64Array {
  const errors = from.errors ?? Float64Array.of(requireError(from));
  return errors.map((error) => excessOf(from, to, error));
}
