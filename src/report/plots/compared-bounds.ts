import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatNumber, formatTick } from "../format.js";
import { draw, logTicks } from "./plot.js";
import { seriesColor } from "./series-style.js";

/** What is certain of the KL of a run, nats. */
export interface RunBounds {
  readonly label: string;
  readonly interval?: { readonly low: number; readonly high: number };
  readonly lower?: number;
  readonly certificate?: number;
}

interface Placed extends RunBounds {
  readonly color: string;
  readonly from: number;
  readonly to: number;
}

/** The sandwiches of several runs on one logarithmic axis: a bar for an interval, a triangle for a lower bound, a square for a certificate. */
export function comparedBoundsPlot(runs: readonly RunBounds[], width = 720): Drawn<SVGElement> {
  const ends = runs.map(({ interval, lower, certificate }) =>
    [interval?.low, interval?.high, lower, certificate].filter((end) => end !== undefined && end > 0).map(Number),
  );
  const all = ends.flat();
  const [left, right] = all.length === 0 ? [0.1, 10] : [Math.min(...all) / 2, Math.max(...all) * 2];
  const placed = runs.map((run, index): Placed => {
    const from = run.lower ?? run.interval?.low ?? Math.min(...ends[index], right);
    return {
      ...run,
      color: seriesColor(index),
      from: Math.max(from, left),
      to: run.certificate ?? run.interval?.high ?? from,
    };
  });
  const ticks = logTicks(left, right, width / 80);
  const known = placed.filter((_, index) => ends[index].length > 0);
  return draw(
    {
      id: "compared-bounds",
      title: "Bounds on the KL divergence of the runs",
      description: placed.map(describe).join("; "),
    },
    {
      width,
      height: 50 + 46 * runs.length,
      marginLeft: 10,
      marginRight: 10,
      marginTop: 14,
      marginBottom: 40,
      x: { type: "log", domain: [left, right] },
      y: { type: "point", domain: placed.map(({ label }) => label), axis: null, padding: 0.5 },
      marks: [
        Plot.gridX({ ticks, strokeOpacity: 0.12 }),
        Plot.ruleY(known, { x1: "from", x2: "to", y: "label", stroke: "color", strokeWidth: 1.25 }),
        Plot.ruleY(
          known.filter(({ interval }) => interval !== undefined),
          {
            x1: ({ interval }: Placed) => Math.max(interval?.low ?? left, left),
            x2: ({ interval }: Placed) => interval?.high ?? left,
            y: "label",
            stroke: "color",
            strokeWidth: 7,
          },
        ),
        Plot.dot(
          known.filter(({ lower }) => lower !== undefined),
          { x: "from", y: "label", r: 4.5, symbol: "triangle", fill: "color" },
        ),
        Plot.dot(
          known.filter(({ certificate }) => certificate !== undefined),
          { x: "to", y: "label", r: 4.5, symbol: "square", fill: "color" },
        ),
        Plot.text(placed, {
          frameAnchor: "left",
          y: "label",
          dy: -16,
          textAnchor: "start",
          text: ({ label }: Placed, index: number) => `${index + 1} ${shortened(label, width / 14)}`,
          fill: "currentColor",
        }),
        Plot.text(placed, {
          frameAnchor: "right",
          y: "label",
          dy: -16,
          textAnchor: "end",
          text: wordsOf,
          fill: "currentColor",
        }),
        Plot.axisX({ label: "KL, nats", labelAnchor: "center", ticks, tickFormat: formatTick }),
      ],
    },
  );
}

function wordsOf({ interval, lower, certificate }: RunBounds): string {
  const ends = interval ? [`${formatNumber(interval.low, 3)} to ${formatNumber(interval.high, 3)}`] : [];
  if (interval === undefined && lower !== undefined) ends.push(`≥ ${formatNumber(lower, 3)}`);
  if (certificate !== undefined) ends.push(`≤ ${formatNumber(certificate, 3)}`);
  return ends.length === 0 ? "none" : ends.join(", ");
}

function describe(run: RunBounds): string {
  return `${run.label}: ${wordsOf(run)}`;
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
