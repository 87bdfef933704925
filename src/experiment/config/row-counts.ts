import { FedscoreError } from "../../errors.js";
import { leastRows } from "../../theory/lower-bound/split-rows.js";

/** Fewest training rows of a run. */
export const leastTrained = 2;

/** Fewest held-out rows of a run: with fewer there is nothing to say of how far samples are from data. */
export const leastHeldOut = 4;

/** Fewest held-out rows that can be compared with samples, with an interval. */
export const leastCompared = leastRows;

/** The default of `heldOut`, for people. */
export const heldOutByDefault = `a tenth of all, or ${leastCompared} where a third of them are as many; ${leastHeldOut} at least`;

/** How many rows of a file are used for what; absent: see heldOutByDefault, and all others train. */
export interface RowCounts {
  readonly train?: number | undefined;
  readonly heldOut?: number | undefined;
}

/**
 * The counts of a file that has `rows`, which `subject` needs.
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG where there are too few.
 */
export function rowCounts(
  subject: string,
  rows: number,
  counts: RowCounts,
): { readonly train: number; readonly heldOut: number } {
  const compared = Math.min(leastCompared, Math.floor(rows / 3), rows - (counts.train ?? 0));
  const heldOut = counts.heldOut ?? Math.max(leastHeldOut, Math.round(rows / 10), compared);
  const train = counts.train ?? Math.max(leastTrained, rows - heldOut);
  if (heldOut + train <= rows) return { train, heldOut };
  const message = `${subject} needs ${train} training and ${heldOut} held-out rows, the data have ${rows}`;
  throw new FedscoreError("FEDSCORE_INVALID_CONFIG", message, { rows, train, heldOut });
}
