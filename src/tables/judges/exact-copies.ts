import { namedMember } from "../../family.js";
import type { Column, Table } from "../column.js";
import { binomialInterval } from "./intervals.js";
import { measured } from "./measured.js";
import type { PrivacyMeasure } from "./privacy-measure.js";

/**
 * Share of the synthetic rows that are equal to a training row in every cell, gaps included. `details.copies` counts them, `details.heldOutCopies` those
 * that are equal to a held-out row, which the generator cannot have copied. All rows are compared. The real rows are held fixed in the interval.
 */
export const exactCopies = namedMember<PrivacyMeasure>()({
  name: "exactCopies",
  title: "Exact copies",
  source: "a count; interval: Wilson, J. Am. Stat. Assoc. 22 (1927)",
  range: [0, 1],
  ideal: null,
  evaluate({ train, heldOut, synthetic }) {
    const [copies, heldOutCopies] = [train, heldOut].map((table) => copiesOf(table, synthetic));
    const { rows } = synthetic;
    return measured("exactCopies", copies / rows, binomialInterval(copies, rows), {
      rows,
      copies,
      heldOutCopies,
      trainRows: train.rows,
      heldOutRows: heldOut.rows,
    });
  },
});

function copiesOf(real: Table, synthetic: Table): number {
  const known = new Set(keysOf(real));
  return keysOf(synthetic).reduce((sum, key) => sum + (known.has(key) ? 1 : 0), 0);
}

/** A text for each row: that of another row is the same if, and only if, all cells are. */
function keysOf({ rows, columns }: Table): string[] {
  return Array.from({ length: rows }, (_, row) => JSON.stringify(columns.map((column) => cellOf(column, row))));
}

function cellOf(column: Column, row: number): string | number | null {
  if (column.missing[row]) return null;
  return column.kind === "number" ? column.values[row] : column.categories[column.codes[row]];
}
