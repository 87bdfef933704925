import { requireInteger } from "../../errors.js";
import { memberNamed } from "../../family.js";

/** What random numbers beside training are for. */
const bits = {
  certificate: 52,
  grid: 51,
  bound: 50,
  lowerBound: 49,
  errors: 48,
  interval: 47,
  law: 46,
  calibration: 45,
} as const;

/**
 * The seed for one use of a run's data law. Targets draw their rows by the seed alone, so a use with the seed of training would see
 * the training data again: each use toggles a bit of its own, which keeps all of them apart for every seed.
 */
export function derivedSeed(seed: number, use: keyof typeof bits): number {
  requireInteger("seed", seed, 0);
  const step = 2 ** memberNamed(bits, "use", use);
  return Math.floor(seed / step) % 2 === 1 ? seed - step : seed + step;
}
