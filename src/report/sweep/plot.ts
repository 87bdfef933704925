import * as Plot from "@observablehq/plot";
import type { SweepResult } from "../../experiment/sweep/result.js";
import type { Drawn } from "../elements.js";
import { formatNumber, formatTick } from "../format.js";
import { domainOf, draw } from "../plots/plot.js";
import { seriesColor, seriesSymbols } from "../plots/series-style.js";
import { columnLabel, type Series, type SeriesPoint, seriesOf } from "./series.js";

const legendWidth = 310;
const legendLine = 17;
/** A logarithmic axis shows intervals up to this factor from their mean: few seeds can give wider ones. */
const reach = 4;
const plotWidth = 640;
const height = 380;
const marginLeft = 66;
/** Pixels between the bars of two lines at the same place. */
const barShift = 3;
/** Of the room of a category, where its points stand side by side. */
const categoryShare = 0.7;

/**
 * One plot of a sweep: points with intervals over the seeds, and dashed the fitted power laws with their slopes.
 * @param width of a page that has the legend below; absent: it stands beside, as in a file of its own.
 */
export function sweepPlot(result: SweepResult, index: number, width?: number): Drawn<SVGElement> {
  const plot = result.config.plots[index];
  const series = seriesOf(result, plot);
  const points = series.flatMap((each) => each.points);
  const numeric = points.every(({ x }) => typeof x === "number");
  const logX = numeric && plot.xScale === "log" && points.every(({ x }) => Number(x) > 0);
  const logY = plot.yScale === "log" && points.every(({ y }) => y > 0);
  const ends = points.flatMap(({ y, low, high }) =>
    logY ? [y, Math.max(low, y / reach), Math.min(high, y * reach)] : [y, low, high],
  );
  const top = plot.yMost ?? Number.POSITIVE_INFINITY;
  const shown = ends.map((end) => Math.min(end, top));
  const [least, most] = logY ? domainOf(shown.map(Math.log), 0.06).map(Math.exp) : domainOf(shown);
  const xs = points.map(({ x }) => Number(x));
  const below = width === undefined ? 0 : 2 * legendLine * series.length;
  const marginRight = width === undefined ? legendWidth : 14;
  const whole = width ?? plotWidth + legendWidth;
  const places = [...new Set(points.map(({ x }) => x))];
  const room = (categoryShare * (whole - marginLeft - marginRight)) / places.length / series.length;
  const shift = numeric ? barShift : Math.max(barShift, Math.min(14, room));
  return draw(
    {
      id: `${result.name}-${index}`,
      title: plot.title,
      description: series.map(describe).join("; "),
    },
    {
      width: whole,
      height: height + below,
      marginLeft,
      marginRight,
      marginTop: 26,
      marginBottom: 44 + below,
      x: numeric
        ? { type: logX ? "log" : "linear", domain: logX ? domainOf(xs.map(Math.log)).map(Math.exp) : domainOf(xs) }
        : { type: "point", domain: places },
      y: { type: logY ? "log" : "linear", domain: [least, most] },
      marks: [
        Plot.axisX({
          label: columnLabel(result, plot.x),
          labelAnchor: "center",
          ...(numeric && { text: formatTick, ticks: ticksOf(xs, logX) }),
        }),
        Plot.axisY({ label: plot.label, tickFormat: formatTick, ticks: 6 }),
        Plot.gridY({ ticks: 6, strokeOpacity: 0.12 }),
        ...series.flatMap((each, k) =>
          lineMarks(each, k, { least, most, top, dx: shift * (k - (series.length - 1) / 2), isLine: numeric }),
        ),
        ...series.flatMap((each, k) => legendMarks(each, k, width === undefined ? "beside" : "below")),
      ],
    },
  );
}

/** Where the points of a line are drawn. */
interface LinePlace {
  /** Ends of the vertical axis. */
  readonly least: number;
  readonly most: number;
  /** Points above it stand at it. */
  readonly top: number;
  /** Shift in pixels that keeps several lines apart. */
  readonly dx: number;
  /** Whether points are joined: places of numbers are, categories have no order. */
  readonly isLine: boolean;
}

function lineMarks(series: Series, k: number, { least, most, top, dx, isLine }: LinePlace): Plot.Markish[] {
  const { fit } = series;
  const color = seriesColor(k);
  const points = series.points.map((point) => ({ ...point, y: Math.min(point.y, top), value: point.y }));
  const beyond = points.filter(({ y, value }) => value > y);
  const bars = points.filter(({ low, high }) => high > low && low < most);
  const fitted = fit ? points.map(({ x }) => ({ x, y: Math.exp(fit.intercept) * Number(x) ** fit.slope })) : [];
  const joined = isLine ? [Plot.lineY(points, { x: "x", y: "y", stroke: color, strokeOpacity: 0.55, dx })] : [];
  return [
    ...(fit
      ? [Plot.lineY(fitted, { x: "x", y: "y", stroke: color, strokeDasharray: "5 4", strokeWidth: 1.25, dx })]
      : joined),
    Plot.ruleX(bars, {
      x: "x",
      y1: ({ low }: SeriesPoint) => Math.max(low, least),
      y2: ({ high }: SeriesPoint) => Math.min(high, most),
      stroke: color,
      dx,
    }),
    Plot.dot(points, {
      x: "x",
      y: "y",
      stroke: color,
      fill: color,
      fillOpacity: 0.35,
      r: 3.5,
      symbol: seriesSymbols[k % seriesSymbols.length],
      dx,
    }),
    ...(beyond.length === 0
      ? []
      : [
          Plot.text(beyond, {
            ...{ x: "x", y: "y", dx, dy: -8, lineAnchor: "bottom" as const, fill: "currentColor" },
            text: ({ value }: { readonly value: number }) => `↑ ${formatNumber(value, 2)}`,
          }),
        ]),
  ];
}

/** Where the legend begins, from a corner of the frame. */
const legendCorners = {
  beside: { frameAnchor: "top-right", left: 22, top: 10 },
  below: { frameAnchor: "bottom-left", left: -52, top: 60 },
} as const;

function legendMarks({ label, fit }: Series, k: number, place: keyof typeof legendCorners): Plot.Markish[] {
  const { frameAnchor, left, top } = legendCorners[place];
  const color = seriesColor(k);
  const dy = top + k * 2 * legendLine;
  const at = { frameAnchor, dy };
  const slope = fit ? [slopeText(fit)] : [];
  return [
    Plot.dot([0], {
      ...at,
      dx: left,
      stroke: color,
      fill: color,
      fillOpacity: 0.35,
      r: 3.5,
      symbol: seriesSymbols[k % seriesSymbols.length],
    }),
    Plot.text([label], {
      ...at,
      dx: left + 12,
      dy: dy + 4,
      textAnchor: "start",
      lineAnchor: "bottom",
      fill: "currentColor",
    }),
    Plot.text(slope, {
      ...at,
      dx: left + 12,
      dy: dy + 4 + legendLine - 3,
      textAnchor: "start",
      lineAnchor: "bottom",
      fill: "currentColor",
      fillOpacity: 0.7,
      fontSize: 11,
    }),
  ];
}

/** "slope −1.003 [−1.010, −0.996], theory −1". */
export function slopeText(fit: NonNullable<Series["fit"]>): string {
  const digits = (value: number) => value.toFixed(3).replace("-", "−");
  const interval = fit.low === null || fit.high === null ? "" : ` [${digits(fit.low)}, ${digits(fit.high)}]`;
  const theory = fit.expected === undefined ? "" : `, theory ${formatNumber(fit.expected)}`;
  return `slope ${digits(fit.slope)}${interval}${theory}`;
}

function describe({ label, points, fit }: Series): string {
  const [first, last] = [points[0], points[points.length - 1]];
  const slope = fit ? `, slope ${formatNumber(fit.slope)}` : "";
  return `${label}: ${formatNumber(first.y)} to ${formatNumber(last.y)}${slope}`;
}

/** The values themselves where there are few, so that every point can be read off. */
function ticksOf(values: readonly number[], logarithmic: boolean): number[] | number {
  const distinct = [...new Set(values)];
  return distinct.length <= 9 && (logarithmic || distinct.length <= 6) ? distinct : 6;
}
