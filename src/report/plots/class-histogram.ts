import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatPercent } from "../format.js";
import type { ClassHistogram, Interval } from "../parts.js";
import { draw } from "./plot.js";

export const mostClasses = 48;

const [marginLeft, marginRight] = [44, 16];

/** Bars: share of the samples in each class, with the ends of its interval; a line across each: the same of the data. At most 48 classes are drawn. */
export function classHistogramPlot(histogram: ClassHistogram, width = 620): Drawn<SVGElement> {
  const classes = histogram.slice(0, mostClasses);
  const percent = ({ value, low, high }: Interval) => ({
    value: 100 * value,
    low: 100 * low,
    high: 100 * high,
  });
  const bars = classes.flatMap(({ name, samples }) => (samples ? [{ name, ...percent(samples) }] : []));
  const lines = classes.map(({ name, data }) => ({ name, ...percent(data) }));
  const longest = classes.reduce((length, { name }) => Math.max(length, name.length), 0);
  const cell = Math.max(18, Math.min(64, (width - marginLeft - marginRight) / classes.length));
  const tilted = longest * 7 > cell;
  return draw(
    {
      id: "class-histogram",
      title: "Classes of the samples beside those of the data",
      description: classes
        .map(({ name, data, samples }) => {
          const generated = samples ? `${formatShare(samples.value)} of the samples, ` : "";
          return `${name}: ${generated}${formatShare(data.value)} of the data`;
        })
        .join("; "),
    },
    {
      width: marginLeft + marginRight + cell * classes.length,
      height: 240 + (tilted ? 4 * longest : 0),
      marginLeft,
      marginRight,
      marginTop: 24,
      marginBottom: tilted ? 28 + 4 * longest : 40,
      x: { domain: classes.map(({ name }) => name) },
      y: { domain: [0, Math.max(1, ...[...bars, ...lines].map(({ high }) => high))] },
      marks: [
        Plot.gridY({ ticks: 4, strokeOpacity: 0.12 }),
        Plot.barY(bars, { x: "name", y: "value", fill: "var(--federated)", fillOpacity: 0.8, inset: 2 }),
        Plot.ruleX(bars, { x: "name", y1: "low", y2: "high", strokeWidth: 1.5 }),
        Plot.tickY(lines, { x: "name", y: "value", stroke: "var(--data)", strokeWidth: 2.5 }),
        Plot.ruleY([0], { strokeOpacity: 0.4 }),
        Plot.axisX({ label: "class that the classifier finds", tickSize: 0, tickRotate: tilted ? -30 : 0 }),
        Plot.axisY({ ticks: 4, label: "% of the rows", tickSize: 0 }),
      ],
    },
  );
}

function formatShare(share: number): string {
  return formatPercent(Number(share.toPrecision(3)));
}
