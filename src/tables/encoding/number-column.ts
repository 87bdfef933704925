import type { NumberColumn } from "../column.js";
import type { NumberCodec } from "../schema/codec.js";
import { within } from "../schema/grid.js";
import { groupedPoints, mergedPoints } from "../summary/points.js";
import type { NumberSummary } from "../summary/table-summary.js";
import { calendarWidth, readCalendar, writeCalendar } from "./calendar.js";
import type { NumberEncoding } from "./column-encoding.js";
import { oneHotOf, oneHotWidth, readOneHot, writeOneHot } from "./one-hot.js";
import { numberOf, quantileMapOf, scoreOf } from "./quantile-map.js";
import type { Vectors } from "./vectors.js";

/** Values with more than `atomShare` of the cells are atoms; of the others `knots` are kept. */
export function fitNumbers(
  { name, values, counts, missing }: NumberSummary,
  { unit, minimum, maximum, calendar }: NumberCodec,
  { atomShare, knots }: { readonly atomShare: number; readonly knots: number },
): NumberEncoding {
  const cells = counts.reduce((sum, count) => sum + count, missing);
  const points = values.map((value, index) => ({ value, count: counts[index] ?? 0 }));
  const atoms = points.filter(({ count }) => count > atomShare * cells);
  const others = points.filter(({ count }) => count <= atomShare * cells);
  const rest = others.reduce((sum, { count }) => sum + count, 0);
  const grouped = groupedPoints(
    { values: others.map(({ value }) => value), counts: others.map(({ count }) => count) },
    1,
    knots,
  );
  const onGrid = grouped.values.map((value) => within(value, { unit, minimum, maximum }));
  const snapped = mergedPoints([{ values: onGrid, counts: grouped.counts }]);
  const states = [...(rest > 0 ? [rest] : []), ...atoms.map(({ count }) => count), ...(missing > 0 ? [missing] : [])];
  return {
    kind: "number",
    name,
    states: oneHotOf(states, cells === 0 ? 0 : 1 - rest / cells),
    atoms: atoms.map(({ value }) => value),
    hasGaps: missing > 0,
    ...(rest > 0 && { quantiles: quantileMapOf(snapped), ...(calendar && { calendar }) }),
    ...(unit !== undefined && { unit }),
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
  };
}

export function numberWidth({ states, quantiles, calendar = [] }: NumberEncoding): number {
  return oneHotWidth(states) + (quantiles ? 1 + calendarWidth(calendar) : 0);
}

/** Writes a column of numbers. @returns how many cells have no code, whose coordinates stay 0. */
export function encodeNumbers(encoding: NumberEncoding, { values, missing }: NumberColumn, out: Vectors): number {
  const { states, atoms, hasGaps, quantiles, calendar = [] } = encoding;
  const first = quantiles ? 1 : 0;
  const stateOf = new Map(atoms.map((value, index) => [value, first + index]));
  const gap = hasGaps ? states.shares.length - 1 : -1;
  const width = oneHotWidth(states);
  let unknown = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? 0;
    const at = out.at + row * out.dimension;
    const state = missing[row] ? gap : (stateOf.get(value) ?? (quantiles ? 0 : closest(atoms, value)));
    if (state < 0) {
      unknown++;
      continue;
    }
    writeOneHot(states, state, out.vectors, at);
    if (!quantiles || state !== 0) continue;
    out.vectors[at + width] = scoreOf(quantiles, value, stepOf(encoding));
    writeCalendar(calendar, value, out.vectors, at + width + 1);
  }
  return unknown;
}

export function decodeNumbers(
  encoding: NumberEncoding,
  rows: number,
  { vectors, at, dimension }: Vectors,
): NumberColumn {
  const { name, states, atoms, hasGaps, quantiles, calendar = [] } = encoding;
  const values = new Float64Array(rows);
  const missing = new Uint8Array(rows);
  const gap = hasGaps ? states.shares.length - 1 : -1;
  const first = quantiles ? 1 : 0;
  const width = oneHotWidth(states);
  for (let row = 0; row < rows; row++) {
    const from = at + row * dimension;
    const state = readOneHot(states, vectors, from);
    if (state === gap || states.shares.length === 0) missing[row] = 1;
    else if (state < first && quantiles) {
      const number = within(numberOf(quantiles, vectors[from + width] ?? 0, stepOf(encoding)), encoding);
      values[row] = within(readCalendar(calendar, number, vectors, from + width + 1), encoding);
    } else values[row] = atoms[state - first] ?? 0;
  }
  return { kind: "number", name, values, missing };
}

/** Between two numbers of the continuous part where there is one value of it: a step of the grid, or the value's size. */
function stepOf({ unit, quantiles }: NumberEncoding): number {
  return unit === undefined ? Math.abs(quantiles?.values[0] ?? 0) || 1 : 1 / unit;
}

/** The state of the atom closest to a value; -1 where there is none. */
function closest(atoms: readonly number[], value: number): number {
  const distance = (atom: number) => Math.abs(atom / 2 - value / 2);
  return atoms.reduce(
    (best, atom, at) => (distance(atom) < distance(atoms[best] ?? Infinity) ? at : best),
    atoms.length - 1,
  );
}
