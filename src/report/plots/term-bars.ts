import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatNumber, formatTick } from "../format.js";
import { termColors } from "./certificate-terms.js";
import { draw } from "./plot.js";

export { termColors };

/** A bound's terms and its upper end. */
export interface TermBar {
  readonly label: string;
  readonly terms: readonly { readonly name: string; readonly value: number }[];
  readonly upper: number;
}

/** Pixels, with room for numbers of four digits. */
const spaceOfTick = 60;

/** Terms of several bounds as stacked bars, one below the other, each with a rule at its upper end. Labels tell them apart. */
export function termBarsPlot(bars: readonly TermBar[], width = 560): Drawn<SVGElement> {
  const parts = bars.flatMap(({ label, terms }) => terms.map(({ name, value }) => ({ label, name, value })));
  const most = Math.max(...bars.map(({ upper }) => upper));
  const longest = Math.max(...bars.map(({ label }) => label.length));
  const [marginLeft, marginRight] = [14 + 7 * longest, 64];
  return draw(
    {
      id: "term-bars",
      title: "Terms of the certificate",
      description: bars
        .map(({ label, terms, upper }) => {
          const each = terms.map(({ name, value }) => `${name} ${formatNumber(value, 3)}`).join(", ");
          return `${label}: ${each}, upper end ${formatNumber(upper, 3)} nats`;
        })
        .join("; "),
    },
    {
      width,
      height: 48 + 30 * bars.length,
      marginLeft,
      marginRight,
      marginTop: 4,
      marginBottom: 38,
      x: { domain: [0, most * 1.02] },
      y: { domain: bars.map(({ label }) => label), label: null },
      marks: [
        Plot.barX(
          parts,
          Plot.stackX({
            x: "value",
            y: "label",
            fill: ({ name }: (typeof parts)[number]) => termColors[name] ?? "var(--warning)",
            fillOpacity: 0.8,
            insetTop: 5,
            insetBottom: 5,
          }),
        ),
        Plot.tickX(bars, { x: "upper", y: "label", strokeWidth: 2 }),
        Plot.text(bars, {
          x: "upper",
          y: "label",
          dx: 8,
          textAnchor: "start",
          text: ({ upper }: TermBar) => formatNumber(upper, 3),
          fill: "currentColor",
        }),
        Plot.axisX({
          label: "nats",
          labelAnchor: "center",
          ticks: Math.max(2, Math.floor((width - marginLeft - marginRight) / spaceOfTick)),
          tickFormat: formatTick,
        }),
        Plot.axisY({ tickSize: 0 }),
      ],
    },
  );
}
