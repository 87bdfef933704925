import { requireLength, requireNumber } from "../errors.js";

/**
 * Largest sum of weights[k] x[k] over sequences floor <= x[0] <= x[1] <= ... with x[k] <= caps[k], where the caps do not decrease: a
 * linear program whose solution is closed. Each increment of the caps is spent at the later place with the largest sum of the weights behind it.
 * @throws ArgumentError for caps that decrease or lie below the floor, and for numbers that are not finite.
 */
export function largestMonotoneSum(weights: ArrayLike<number>, caps: ArrayLike<number>, floor: number): number {
  requireLength("caps", caps, weights.length);
  requireNumber("floor", floor);
  for (let k = 0; k < weights.length; k++) {
    const least = k === 0 ? floor : caps[k - 1];
    requireNumber(`weights[${k}]`, weights[k]);
    requireNumber(`caps[${k}]`, caps[k], `must be finite and not below ${least}`, (value) => value >= least);
  }
  let behind = 0;
  let best = 0;
  let total = 0;
  for (let k = weights.length - 1; k >= 0; k--) {
    behind += weights[k];
    best = Math.max(best, behind);
    total += (caps[k] - (k === 0 ? floor : caps[k - 1])) * best;
  }
  return total + floor * behind;
}
