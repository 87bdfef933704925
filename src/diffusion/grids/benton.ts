import { ArgumentError, requireInteger, requireNumber } from "../../errors.js";
import type { TimeGrid } from "../grid.js";
import { logSnrOfOuTime } from "../ou-time.js";
import type { NoiseSchedule } from "../schedule.js";
import { type GeometricTail, tailOf } from "./geometric-tail.js";
import { type GridRange, gridOf, resolveRange } from "./range.js";

/**
 * Either the number of steps and the ends, kept exactly, and the split into uniform and geometric steps is the one
 * with the smallest kappa; or the recipe's own kappa, L and M, and the ends follow: T = kappa L + 1 and
 * delta = (1 + kappa)^-M in OU time.
 */
export type BentonGridSpec =
  | ({ readonly kind: "benton"; readonly kappa?: never } & GridRange)
  | {
      readonly kind: "benton";
      readonly kappa: number;
      readonly uniformSteps: number;
      readonly geometricSteps: number;
      readonly steps?: never;
    };

/**
 * The grid of Benton et al., arXiv 2308.03686, Theorem 1: h_k <= kappa min(1, tau_{k+1}) in OU time, here for
 * any variance preserving schedule.
 */
export function benton(spec: BentonGridSpec, schedule: NoiseSchedule): TimeGrid {
  const { kappa, steps } = spec;
  if (kappa !== undefined && steps !== undefined) {
    throw new ArgumentError("grid.steps", "must be absent where kappa is given", steps);
  }
  if (spec.kappa !== undefined) {
    return gridOf("benton", recipe(spec.kappa, spec.uniformSteps, spec.geometricSteps, schedule), schedule);
  }
  const tail = tailOf(resolveRange(spec, schedule), schedule);
  return gridOf("benton", tail.times(leastKappa(tail, spec.steps)), schedule);
}

function recipe(kappa: number, L: number, M: number, schedule: NoiseSchedule): Float64Array {
  requireNumber("grid.kappa", kappa, "must be > 0", (value) => value > 0);
  requireInteger("grid.uniformSteps", L, 0, 1_000_000);
  requireInteger("grid.geometricSteps", M, L === 0 ? 1 : 0, 1_000_000);
  const growth = Math.log1p(kappa);
  const tau = (k: number) => (k <= L ? kappa * (L - k) + 1 : Math.exp(-growth * (k - L)));
  const times = Float64Array.from({ length: L + M + 1 }, (_, k) => schedule.time(logSnrOfOuTime(tau(k))));
  if (times[0] > schedule.tMax * (1 + 1e-12)) {
    throw new ArgumentError(
      "grid.kappa",
      `times uniformSteps + 1 must be an OU time <= that of tMax = ${schedule.tMax}`,
      tau(0),
    );
  }
  return times;
}

/** Number of uniform steps where max((T - 1) / L, delta^(-1 / M) - 1) is smallest: the first falls in L, the second rises. */
function leastKappa({ T, delta, least, most }: GeometricTail, steps: number): number {
  const uniformKappa = (L: number) => (T - 1) / L;
  const geometricKappa = (L: number) => Math.expm1(-Math.log(delta) / (steps - L));
  if (least === most) return least;
  let low = least;
  let high = most;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (uniformKappa(middle) <= geometricKappa(middle)) high = middle;
    else low = middle + 1;
  }
  const below = Math.max(least, low - 1);
  const kappa = (L: number) => Math.max(uniformKappa(L), geometricKappa(L));
  return kappa(below) <= kappa(low) ? below : low;
}
