import { FedscoreError } from "../../errors.js";

/** Fewest training rows of a run. */
export const leastTrained = 2;

/** Fewest held-out rows of a run: with fewer there is nothing to say of how far samples are from data. */
export const leastHeldOut = 4;

/** How many rows of a file are used for what; absent: a tenth is held out, all others train. */
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
  const heldOut = counts.heldOut ?? Math.max(leastHeldOut, Math.round(rows / 10));
  const train = counts.train ?? Math.max(leastTrained, rows - heldOut);
  if (heldOut + train <= rows) return { train, heldOut };
  const message = `${subject} needs ${train} training and ${heldOut} held-out rows, the data have ${rows}`;
  throw new FedscoreError("FEDSCORE_INVALID_CONFIG", message, { rows, train, heldOut });
}
