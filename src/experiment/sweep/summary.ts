import { studentQuantile } from "../../theory/student.js";
import type { NotComputed } from "../result/not-computed.js";
import type { SweepConfig } from "./config.js";
import { fitPower, type PowerFit } from "./fit.js";
import { describePoint } from "./points.js";

/** One point's measures. */
export interface SweepRow {
  readonly at: Readonly<Record<string, number | string>>;
  readonly seed: number;
  /** By name of the measure; null where the point has no such number, such as a vacuous bound. */
  readonly measures: Readonly<Record<string, number | null>>;
  /** Why the point, or a part of it that a measure names, could not be computed. */
  readonly failed?: NotComputed;
}

/** Points that failed, one line each: "lr 1000, seed 1: round 0: ...". */
export function failedPoints(rows: readonly SweepRow[]): { readonly point: string; readonly reason: string }[] {
  return rows.flatMap((row) => (row.failed ? [{ point: describePoint(row), reason: row.failed.notComputed }] : []));
}

/** A column over the seeds of one combination of the axes. */
export interface SeedMean {
  readonly mean: number;
  /** Two-sided Student interval of the mean; null for one seed. */
  readonly low: number | null;
  readonly high: number | null;
}

/** A fit of one combination of the axes that are not fitted over. */
export interface SweepFit extends PowerFit {
  readonly x: string;
  readonly y: string;
  /** Values on the other axes. */
  readonly at: Readonly<Record<string, number | string>>;
  readonly expected?: number;
}

/** The value of a column in a row: an axis or a measure. */
export function columnOf(row: SweepRow, name: string): number | string | null {
  return row.at[name] ?? row.measures[name] ?? null;
}

/** Mean and interval of numbers; null where there are none. */
export function seedMean(values: readonly number[], confidence: number): SeedMean | null {
  const count = values.length;
  if (count === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { mean, low: null, high: null };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const reach = studentQuantile((1 + confidence) / 2, count - 1) * Math.sqrt(variance / count);
  return { mean, low: mean - reach, high: mean + reach };
}

/** Rows that share their place on these axes, in the order of their first row. */
export function groupBy(rows: readonly SweepRow[], axes: readonly string[]) {
  const groups = new Map<string, { at: Record<string, number | string>; rows: SweepRow[] }>();
  for (const row of rows) {
    const at = Object.fromEntries(axes.map((name) => [name, row.at[name]]));
    const key = JSON.stringify(at);
    const group = groups.get(key) ?? { at, rows: [] };
    group.rows.push(row);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** The axes that make separate lines in a picture over `x`. */
export function seriesAxes({ axes }: Pick<SweepConfig, "axes">, x: string): string[] {
  const names = axes.map(({ name }) => name);
  return names.includes(x) ? names.filter((name) => name !== x) : names.slice(1);
}

/** Every fit that a sweep asks for, over its points (seeds are points of their own). */
export function fitsOf(config: SweepConfig, rows: readonly SweepRow[]): SweepFit[] {
  return config.fits.flatMap(({ x, y, expected }) =>
    groupBy(rows, seriesAxes(config, x)).flatMap(({ at, rows: group }) => {
      const points = group.flatMap((row) => {
        const [u, v] = [columnOf(row, x), columnOf(row, y)];
        return typeof u === "number" && typeof v === "number" ? [{ x: u, y: v }] : [];
      });
      const fit = fitPower(points, config.confidence);
      return fit ? [{ x, y, at, ...fit, ...(expected !== undefined && { expected }) }] : [];
    }),
  );
}
