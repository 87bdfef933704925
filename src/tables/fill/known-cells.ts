import { calibratedVectors } from "../calibration/decode-drawn.js";
import type { CalibratedEncoding } from "../calibration/table-calibration.js";
import type { Column, Table } from "../column.js";
import type { ColumnEncoding, TableEncoding } from "../encoding/column-encoding.js";
import { decodeTable, encodeTable } from "../encoding/encode.js";
import { oneHotWidth } from "../encoding/one-hot.js";
import { placed } from "../encoding/placed.js";

/** Rows as vectors of which a part is known. */
export interface KnownCells {
  /** float32 [rows, dimension]. */
  readonly vectors: Float32Array<ArrayBuffer>;
  /** uint8 [rows, dimension], 1 where the coordinate is known. */
  readonly known: Uint8Array<ArrayBuffer>;
}

/** Farther from all cells than any other state. */
const outOfReach = -(2 ** 127);

/**
 * What is known of the vectors of rows with gaps. A cell that is there gives all coordinates of its column, unless the encoding has no code for it. Of a gap it is known that
 * it is to be filled: where gaps are a state of the column, that the cell is not in it, which in the one-hot code is the coordinate of that state and
 * no other. So what is drawn is drawn given that the cell is there, and no draw is thrown away. Of a column that the table does not have nothing is known.
 */
export function knownCells(encoding: TableEncoding, table: Table): KnownCells {
  const { dimension, columns } = encoding;
  const { rows } = table;
  const whole = columns.map((column) => columnOf(table, column) ?? allMissing(column, rows));
  const { vectors } = encodeTable(encoding, { rows, columns: whole });
  const known = new Uint8Array(vectors.length);
  for (const { column, at, width } of placed(columns)) {
    const cells = columnOf(table, column);
    if (!cells) continue;
    const gap = gapOf(column);
    const hasCode = coded(column, cells);
    const absent = -column.states.scale * (column.states.shares.at(-1) ?? 0);
    for (let row = 0; row < rows; row++) {
      const first = row * dimension + at;
      if (cells.missing[row] === 0) {
        if (hasCode(row)) known.fill(1, first, first + width);
      } else if (gap !== undefined) {
        vectors[first + gap] = absent;
        known[first + gap] = 1;
      }
    }
  }
  return { vectors, known };
}

/** The table of drawn vectors, in which no cell is a gap but of columns that have nothing else. */
export function decodeFilled({ encoding, calibration }: CalibratedEncoding, vectors: Float32Array): Table {
  const open = calibration ? calibratedVectors(encoding, calibration, vectors) : vectors.slice();
  for (const { column, at } of placed(encoding.columns)) {
    const gap = gapOf(column);
    if (gap === undefined) continue;
    for (let place = at + gap; place < open.length; place += encoding.dimension) open[place] = outOfReach;
  }
  return decodeTable(encoding, open);
}

/** Which of a column's coordinates is that of a gap, where it has one. */
function gapOf({ hasGaps, states }: ColumnEncoding): number | undefined {
  const width = oneHotWidth(states);
  return hasGaps && width > 0 ? width - 1 : undefined;
}

function columnOf({ columns }: Table, { name }: ColumnEncoding): Column | undefined {
  return columns.find((column) => column.name === name);
}

function allMissing({ kind, name }: ColumnEncoding, rows: number): Column {
  const missing = new Uint8Array(rows).fill(1);
  return kind === "number"
    ? { kind, name, values: new Float64Array(rows), missing }
    : { kind, name, categories: [], codes: new Uint32Array(rows), missing };
}

/** Which cells of a column, of those that are there, have a code of their own. */
function coded(encoding: ColumnEncoding, column: Column): (row: number) => boolean {
  if (encoding.kind === "number" || column.kind === "number") {
    const has = encoding.kind === "number" && (encoding.quantiles !== undefined || encoding.atoms.length > 0);
    return () => has;
  }
  const categories = new Set(encoding.categories);
  const has = column.categories.map((category) => encoding.other !== undefined || categories.has(category));
  return (row) => has[column.codes[row]];
}
