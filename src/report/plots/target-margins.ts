import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatNumber, formatTick } from "../format.js";
import { draw } from "./plot.js";

/** How far a value is inside of what was asked for; outside of it, a number below 0. */
export interface TargetMargin {
  readonly title: string;
  readonly margin: number;
}

const pixelsOfLetter = 7;
/** Pixels right of the bars for the numbers. */
const valueColumn = 70;

/** One bar a target, from the line at which it is met: to the right met, to the left missed. */
export function targetMarginsPlot(margins: readonly TargetMargin[], width = 620): Drawn<SVGElement> {
  const longest = Math.max(...margins.map(({ title }) => title.length));
  const isNarrow = width < 500;
  const marginLeft = isNarrow ? 14 : 14 + pixelsOfLetter * longest;
  const reach = Math.max(...margins.map(({ margin }) => Math.abs(margin)), 1e-3) * 1.05;
  const words = (margin: number) => `${margin < 0 ? "missed by" : "met by"} ${formatNumber(Math.abs(margin), 2)}`;
  return draw(
    {
      id: "table-targets-margins",
      title: "Targets of the table",
      description: margins.map(({ title, margin }) => `${title}: ${words(margin)}`).join("; "),
    },
    {
      width,
      height: 48 + (isNarrow ? 44 : 30) * margins.length,
      marginLeft,
      marginRight: valueColumn,
      marginTop: isNarrow ? 20 : 4,
      marginBottom: 38,
      x: { domain: [-reach, reach] },
      y: { domain: margins.map(({ title }) => title), label: null, ...(isNarrow && { axis: null }) },
      marks: [
        Plot.gridX({ ticks: width / 120, strokeOpacity: 0.12 }),
        Plot.barX(margins, {
          x1: 0,
          x2: "margin",
          y: "title",
          fill: ({ margin }: TargetMargin) => (margin < 0 ? "var(--warning)" : "var(--series-3)"),
          fillOpacity: 0.8,
          insetTop: 6,
          insetBottom: 6,
        }),
        Plot.ruleX([0], { stroke: "currentColor", strokeWidth: 1.5 }),
        Plot.text(margins, {
          frameAnchor: "right",
          y: "title",
          text: ({ margin }: TargetMargin) => `${margin < 0 ? "✗" : "✓"} ${formatNumber(Math.abs(margin), 2)}`,
          textAnchor: "end",
          dx: valueColumn - 4,
          fill: "currentColor",
          fontVariant: "tabular-nums",
        }),
        Plot.axisX({
          label: "← missed by · met by →",
          labelAnchor: "center",
          ticks: Math.max(2, width / 120),
          tickFormat: formatTick,
        }),
        ...(isNarrow
          ? [
              Plot.text(margins, {
                frameAnchor: "left",
                y: "title",
                text: "title",
                textAnchor: "start",
                dy: -20,
                fill: "currentColor",
              }),
            ]
          : [Plot.axisY({ tickSize: 0 })]),
      ],
    },
  );
}
