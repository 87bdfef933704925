import type { CategoryColumn, Column, NumberColumn, Table } from "../../tables/column.js";
import { gapsIn, presentNumbers } from "../../tables/present.js";
import type { TableField, TableSchema } from "../../tables/schema/field.js";
import type { Computed } from "../result/not-computed.js";
import type { ExperimentResult } from "../result/schema.js";

type TableResult = Computed<ExperimentResult["table"]>;
type ColumnCounts = Computed<TableResult["columns"]>[number];
export type ColumnAxis = ColumnCounts["axis"];
type NumberAxis = Extract<ColumnAxis, { kind: "number" }>;
type CategoryAxis = Extract<ColumnAxis, { kind: "category" }>;
export type CellCounts = ColumnCounts["train"];

/** Most categories that are counted by name. */
const mostNames = 12;
/** Bins of a histogram, about. */
const aboutBins = 24;
/** Share of the cells beyond each end of a histogram. */
const beyond = 0.005;
/** A value with a larger share of the cells is counted by itself. */
const atomShare = 0.2;
/** Quotient of the ends from which an axis is logarithmic. */
const wide = 200;

/** How the cells of each column are counted, as the training rows say: no category and no end of an axis stands for fewer than `smallestCount` of them. */
export function columnAxes(train: Table, schema: TableSchema, smallestCount: number): ColumnAxis[] {
  return train.columns.map((column, index) =>
    column.kind === "number"
      ? numberAxis(column, schema.fields[index], smallestCount)
      : categoryAxis(column, smallestCount),
  );
}

/** The cells of a column on an axis. */
export function countCells(axis: ColumnAxis, column: Column): CellCounts {
  if (axis.kind === "number" && column.kind === "number") return countNumbers(axis, column);
  if (axis.kind === "category" && column.kind === "category") return countCategories(axis, column);
  throw new Error(`column ${column.name} is not of the kind of its axis`);
}

function numberAxis(column: NumberColumn, field: TableField, smallestCount: number): NumberAxis {
  const values = presentNumbers(column).sort();
  const atoms = atomsOf(values);
  const rest = values.filter((value) => !atoms.includes(value));
  const isDate = field.type === "date" || field.type === "datetime";
  const cut = Math.max(smallestCount - 1, Math.floor(beyond * rest.length));
  if (rest.length <= 2 * cut) return { kind: "number", scale: "linear", isDate, edges: [], atoms };
  const [low, high] = [rest[cut], rest[rest.length - 1 - cut]];
  if (!isDate && low > 0 && high / low > wide)
    return { kind: "number", scale: "log", isDate, edges: powersOver(low, high), atoms };
  const isWhole = rest.every(Number.isInteger);
  return { kind: "number", scale: "linear", isDate, edges: roundEdges(low, high, isWhole), atoms };
}

/** Values with more than a share of the cells; ascending. */
function atomsOf(sorted: Float64Array): number[] {
  const atoms: number[] = [];
  for (let first = 0; first < sorted.length; ) {
    let end = first;
    while (end < sorted.length && sorted[end] === sorted[first]) end++;
    if (end - first > atomShare * sorted.length) atoms.push(sorted[first]);
    first = end;
  }
  return atoms;
}

/** Digits of an end of a bin. */
const edgeDigits = 12;

/** Multiples of 1, 2 or 5 times a power of ten. */
function roundEdges(low: number, high: number, isWhole: boolean): number[] {
  const range = high - low || Math.abs(low) || 1;
  const share = Number.isFinite(range) ? range / aboutBins : high / aboutBins - low / aboutBins;
  const told = Math.max(Math.abs(low), Math.abs(high)) * 10 ** (1 - edgeDigits);
  const least = Math.max(Number.MIN_VALUE, share, told);
  const power = 10 ** Math.floor(Math.log10(least));
  const round = [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? least;
  const step = isWhole ? Math.max(1, round) : round;
  const first = Math.floor(low / step);
  const count = Math.max(1, Math.floor(high / step) + 1 - first);
  return Array.from({ length: count + 1 }, (_, edge) => rounded((first + edge) * step, edgeDigits));
}

/** Ends of bins that are equally wide on a logarithmic axis. */
function powersOver(low: number, high: number): number[] {
  const decades = Math.log10(high / low);
  const perDecade = Math.max(1, Math.round(aboutBins / decades));
  const first = Math.floor(Math.log10(low) * perDecade);
  const last = Math.floor(Math.log10(high) * perDecade) + 1;
  return Array.from({ length: last - first + 1 }, (_, edge) => rounded(10 ** ((first + edge) / perDecade), 6));
}

/** To so many digits; what is beyond the largest number is that. */
function rounded(edge: number, digits: number): number {
  const isHuge = Math.abs(edge) > Number.MAX_VALUE / 2;
  return isHuge ? Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, edge)) : Number(edge.toPrecision(digits));
}

function categoryAxis({ categories, codes, missing }: CategoryColumn, smallestCount: number): CategoryAxis {
  const counts = new Map<string, number>();
  codes.forEach((code, row) => {
    if (!missing[row]) counts.set(categories[code], (counts.get(categories[code]) ?? 0) + 1);
  });
  const names = [...counts]
    .filter(([, count]) => count >= smallestCount)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, mostNames)
    .map(([name]) => name);
  return { kind: "category", names, others: counts.size - names.length };
}

function countNumbers({ edges, atoms }: NumberAxis, column: NumberColumn): CellCounts {
  const bins = new Array<number>(Math.max(0, edges.length - 1)).fill(0);
  const atomCounts = atoms.map(() => 0);
  for (const value of presentNumbers(column)) {
    const atom = atoms.indexOf(value);
    if (atom >= 0) atomCounts[atom]++;
    else if (bins.length > 0) bins[binOf(edges, value)]++;
  }
  return { bins, atoms: atomCounts, gaps: gapsIn(column) };
}

/** The outer bins are open. */
function binOf(edges: readonly number[], value: number): number {
  let [low, high] = [0, edges.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (edges[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

function countCategories({ names }: CategoryAxis, column: CategoryColumn): CellCounts {
  const bins = new Array<number>(names.length + 1).fill(0);
  const places = column.categories.map((name) => (names.includes(name) ? names.indexOf(name) : names.length));
  column.codes.forEach((code, row) => {
    if (!column.missing[row]) bins[places[code]]++;
  });
  return { bins, gaps: gapsIn(column) };
}
