import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatNumber, formatTick } from "../format.js";
import type { Interval } from "../parts.js";
import { draw } from "./plot.js";

/** Room left of the axis for the labels, and right of it for the values, in pixels. */
const [labelColumn, valueColumn] = [116, 76];

export interface DivergenceBar extends Interval {
  readonly label: string;
  /** CSS colour. */
  readonly color: string;
}

/** Bars from 0 with the ends of their intervals, one below the other; the axis carries the unit. */
export function divergenceBarsPlot(
  name: string,
  title: string,
  unit: string,
  bars: readonly DivergenceBar[],
  width = 520,
): Drawn<SVGElement> {
  const ends = bars.flatMap(({ value, low, high }) => [value, low, high]);
  const [least, most] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const room = (most - least || 1) * 0.02;
  return draw(
    {
      id: `divergence-${name}`,
      title,
      description: bars
        .map(
          ({ label, value, low, high }) =>
            `${label}: ${formatNumber(value)}, ${formatNumber(low)} to ${formatNumber(high)}`,
        )
        .join("; "),
    },
    {
      width,
      height: 52 + 34 * bars.length,
      marginLeft: labelColumn,
      marginRight: valueColumn,
      marginTop: 4,
      marginBottom: 40,
      x: { domain: [least === 0 ? 0 : least - room, most + room] },
      y: { domain: bars.map(({ label }) => label), label: null },
      marks: [
        Plot.gridX({ ticks: width / 100, strokeOpacity: 0.12 }),
        Plot.barX(bars, {
          x1: 0,
          x2: "value",
          y: "label",
          fill: "color",
          fillOpacity: 0.8,
          insetTop: 6,
          insetBottom: 6,
        }),
        Plot.ruleY(bars, { x1: "low", x2: "high", y: "label", strokeWidth: 1.5 }),
        Plot.tickX(bars, { x: "low", y: "label", insetTop: 11, insetBottom: 11, strokeWidth: 1.5 }),
        Plot.tickX(bars, { x: "high", y: "label", insetTop: 11, insetBottom: 11, strokeWidth: 1.5 }),
        Plot.text(bars, {
          frameAnchor: "right",
          y: "label",
          text: ({ value }: DivergenceBar) => formatNumber(value, 3),
          textAnchor: "end",
          dx: valueColumn - 4,
          fill: "currentColor",
          fontVariant: "tabular-nums",
        }),
        Plot.ruleX([0], { strokeOpacity: 0.5 }),
        Plot.axisX({
          ticks: width / 100,
          label: unit === "1" ? "no unit" : unit,
          tickFormat: formatTick,
        }),
        Plot.axisY({ tickSize: 0 }),
      ],
    },
  );
}
