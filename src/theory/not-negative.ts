import { FedscoreError } from "../errors.js";

/** Rounding of a sum, relative to the size of its summands. */
const rounding = 64 * Number.EPSILON;

/**
 * A term of a bound that cannot be negative, computed from summands of this size: 0 where it is below 0 by their rounding alone.
 * @throws FedscoreError FEDSCORE_BOUND_VIOLATED where it is farther below.
 */
export function notNegative(name: string, term: number, size: number): number {
  if (!(term < 0)) return term;
  if (term >= -rounding * size) return 0;
  const message = `${name} came out as ${term} nats, below 0, where it cannot be: an error of this software, please report it`;
  throw new FedscoreError("FEDSCORE_BOUND_VIOLATED", message, { name, term });
}
