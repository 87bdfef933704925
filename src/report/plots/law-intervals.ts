import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatNumber, formatTick } from "../format.js";
import { draw } from "./plot.js";

/** A distance of the two laws that lies between two ends. */
export interface LawInterval {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** Between the samples, where there is one. */
  readonly estimate: number;
  /** Whether rows certify the upper end too. */
  readonly closed: boolean;
}

/** Intervals one below the other on one axis from 0; an estimate is a circle, a bar without an upper end fades. */
export function lawIntervalsPlot(intervals: readonly LawInterval[], width = 640): Drawn<SVGElement> {
  const right = 1.05 * Math.max(...intervals.flatMap(({ high, estimate }) => [high, estimate]));
  return draw(
    {
      id: "law-intervals",
      title: "Certified distances of the data law and the samples' law",
      description: intervals
        .map(({ name, low, high, closed }) =>
          closed
            ? `${name} between ${formatNumber(low)} and ${formatNumber(high)}`
            : `${name} at least ${formatNumber(low)}`,
        )
        .join("; "),
    },
    {
      width,
      height: 56 + 36 * intervals.length,
      marginLeft: 110,
      marginRight: 24,
      marginTop: 6,
      marginBottom: 44,
      x: { domain: [Math.min(0, ...intervals.map(({ estimate }) => estimate)), right] },
      y: { type: "point", domain: intervals.map(({ name }) => name), label: null, padding: 0.6 },
      marks: [
        Plot.gridX({ ticks: width / 120, strokeOpacity: 0.12 }),
        Plot.ruleY(intervals, {
          x1: "low",
          x2: "high",
          y: "name",
          stroke: "var(--federated)",
          strokeWidth: 6,
          strokeOpacity: ({ closed }: LawInterval) => (closed ? 0.8 : 0.25),
        }),
        Plot.dot(intervals, { x: "low", y: "name", r: 5, symbol: "triangle", fill: "var(--federated)" }),
        Plot.dot(
          intervals.filter(({ closed }) => closed),
          { x: "high", y: "name", r: 5, symbol: "square", fill: "var(--federated)" },
        ),
        Plot.dot(intervals, { x: "estimate", y: "name", r: 4, stroke: "currentColor", fill: "none" }),
        Plot.axisX({ label: "distance", labelAnchor: "center", ticks: width / 120, tickFormat: formatTick }),
        Plot.axisY({ tickSize: 0 }),
      ],
    },
  );
}
