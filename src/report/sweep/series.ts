import type { SweepPlot } from "../../experiment/sweep/config.js";
import type { SweepResult } from "../../experiment/sweep/result.js";
import { columnOf, groupBy, type SweepFit, seedMean, seriesAxes } from "../../experiment/sweep/summary.js";

/** A place of a line: means over the seeds, with the ends of the interval of y. */
export interface SeriesPoint {
  readonly x: number | string;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

/** One line of a plot. */
export interface Series {
  readonly label: string;
  readonly points: readonly SeriesPoint[];
  readonly fit: SweepFit | undefined;
}

/** The lines of a plot: one for each measure and combination of the axes that are not drawn; lines without points are left out. */
export function seriesOf(result: SweepResult, { x, y }: SweepPlot): Series[] {
  const { config, rows, fits } = result;
  const others = seriesAxes(config, x);
  const axes = config.axes.map(({ name }) => name);
  const groups = groupBy(rows, others);
  return groups
    .flatMap(({ at, rows: group }) =>
      y.map((measure) => {
        const named = y.length > 1 || others.length === 0 ? [labelOf(result, measure)] : [];
        const points = groupBy(group, axes).flatMap(({ rows: seeds }) => {
          const place = placeOf(seeds.map((row) => columnOf(row, x)));
          const values = seeds.map((row) => row.measures[measure]).filter((value) => typeof value === "number");
          const mean = seedMean(values, config.confidence);
          if (place === null || mean === null) return [];
          return [{ x: place, y: mean.mean, low: mean.low ?? mean.mean, high: mean.high ?? mean.mean }];
        });
        return {
          label: [...Object.values(at).map(String), ...named].join(", "),
          points: points.every((point) => typeof point.x === "number")
            ? points.sort((a, b) => Number(a.x) - Number(b.x))
            : points,
          fit: fits.find(
            (fit) => fit.x === x && fit.y === measure && others.every((axis) => fit.at[axis] === at[axis]),
          ),
        };
      }),
    )
    .filter(({ points }) => points.length > 0);
}

function placeOf(values: readonly (number | string | null)[]): number | string | null {
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length === 0) return values[0] ?? null;
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}

/** A measure's label without its unit. */
function labelOf({ config }: SweepResult, measure: string): string {
  const label = config.measures.find(({ name }) => name === measure)?.label ?? measure;
  return label.replace(/, [^,]*$/, "");
}

/** What a column is, for an axis. */
export function columnLabel({ config }: SweepResult, name: string): string {
  return [...config.axes, ...config.measures].find((column) => column.name === name)?.label ?? name;
}
