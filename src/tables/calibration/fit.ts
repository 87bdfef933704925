import { ArgumentError, requireFloats } from "../../errors.js";
import { requireEncoding } from "../encoding/check.js";
import type { ColumnEncoding, TableEncoding } from "../encoding/column-encoding.js";
import { encodedWidth } from "../encoding/column-width.js";
import { likenessOf, type OneHot, oneHotWidth, readOneHot } from "../encoding/one-hot.js";
import { placed } from "../encoding/placed.js";
import { fitScoreMap } from "./score-map.js";
import { stateOffsets } from "./state-offsets.js";
import type { ColumnCalibration, TableCalibration } from "./table-calibration.js";

/**
 * The calibration of a generator that draws such vectors. Rows of categories that no client named are one count in an encoding, "other", though another client may have named
 * theirs: they are shared out by the generator's mean, which no threshold has touched.
 * @param vectors float32 [rows, dimension], drawn for this alone: a table that is judged is of others.
 * @throws ArgumentError for a length that is no multiple of the dimension.
 */
export function fitCalibration(encoding: TableEncoding, vectors: Float32Array): TableCalibration {
  const { columns, dimension } = requireEncoding("encoding", encoding);
  requireFloats("vectors", vectors);
  if (dimension === 0 || vectors.length === 0 || vectors.length % dimension !== 0)
    throw new ArgumentError("vectors", `must be rows of ${dimension} coordinates`, vectors.length);
  return {
    columns: placed(columns).map(({ column }, index) => fitColumn(column, coordinatesOf(encoding, index, vectors))),
  };
}

/** The coordinates of one column, float32 [rows, width]. */
export function coordinatesOf(
  { columns, dimension }: TableEncoding,
  index: number,
  vectors: Float32Array,
): Float32Array {
  const { at = 0, width = 0 } = placed(columns)[index] ?? {};
  const rows = dimension === 0 ? 0 : vectors.length / dimension;
  const own = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++)
    own.set(vectors.subarray(row * dimension + at, row * dimension + at + width), row * width);
  return own;
}

/** @param drawn float32 [rows, width]. */
export function fitColumn(column: ColumnEncoding, drawn: Float32Array): ColumnCalibration {
  const { states } = column;
  const width = oneHotWidth(states);
  if (drawn.length === 0) return { shifts: [] };
  const stride = encodedWidth(column);
  const shifts = width === 0 ? [] : fitShifts(column, drawn, stride);
  if (column.kind === "category" || !column.quantiles) return { shifts };
  const draws: number[] = [];
  for (let at = 0; at < drawn.length; at += stride) {
    const code = drawn.slice(at, at + width).map((coordinate, state) => coordinate + (shifts[state] ?? 0));
    if (readOneHot(states, code, 0) === 0) draws.push(drawn[at + width] ?? 0);
  }
  const scores = fitScoreMap(column.quantiles, Float64Array.from(draws));
  return { shifts, ...(scores && { scores }) };
}

function fitShifts(column: ColumnEncoding, drawn: Float32Array, stride: number): number[] {
  const { states } = column;
  const { scale } = states;
  const count = states.shares.length;
  const likeness = new Float64Array((drawn.length / stride) * count);
  for (let at = 0, to = 0; at < drawn.length; at += stride)
    for (let state = 0; state < count; state++) likeness[to++] = likenessOf(states, state, drawn, at);
  const other = column.kind === "category" && !column.bits ? column.other : undefined;
  const offsets = stateOffsets(likeness, other === undefined ? states.shares : sharedOut(states, other, likeness));
  if (count > 2) return Array.from(offsets, (offset) => scale * offset);
  const [first = 0, second = 0] = offsets;
  return [(scale * (second - first)) / 2];
}

/** Shares in which the rows of "other" are where the mean likeness has more than clients told. */
function sharedOut({ shares }: OneHot, other: number, likeness: Float64Array): number[] {
  const means = new Float64Array(shares.length);
  for (const [at, value] of likeness.entries()) {
    const state = at % shares.length;
    means[state] = (means[state] ?? 0) + (value * shares.length) / likeness.length;
  }
  const told = shares.map((share, state) => (state === other ? 0 : share));
  const excess = told.map((share, state) => Math.max(0, (means[state] ?? 0) - share));
  const sum = excess.reduce((total, each) => total + each, 0);
  if (sum === 0) return [...shares];
  const untold = shares[other] ?? 0;
  return told.map((share, state) => share + (untold * (excess[state] ?? 0)) / sum);
}
