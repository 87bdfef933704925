import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { draw } from "./plot.js";

export interface ClientBar {
  readonly label: string;
  readonly value: number;
}

/** One bar per client or group of clients. */
export function clientBarsPlot(
  id: string,
  title: string,
  axis: string,
  bars: readonly ClientBar[],
  format: (value: number) => string,
): Drawn<SVGElement> {
  const most = bars.reduce((largest, { value }) => Math.max(largest, value), 0) || 1;
  const every = Math.ceil(bars.length / 14);
  return draw(
    {
      id: `clients-${id}`,
      title,
      description: bars.map(({ label, value }) => `${label}: ${format(value)}`).join("; "),
    },
    {
      width: 340,
      height: 190,
      marginLeft: 76,
      marginRight: 4,
      marginBottom: 40,
      marginTop: 8,
      x: { domain: bars.map(({ label }) => label), padding: 0.25 },
      y: { domain: [0, most] },
      marks: [
        Plot.gridY({ ticks: 4, strokeOpacity: 0.12 }),
        Plot.barY(bars, { x: "label", y: "value", fill: "var(--federated)", fillOpacity: 0.8 }),
        Plot.ruleY([0], { strokeOpacity: 0.4 }),
        Plot.axisX({
          ticks: bars.map(({ label }) => label).filter((_, i) => i % every === 0),
          label: axis,
          tickSize: 0,
        }),
        Plot.axisY({ ticks: 4, tickFormat: format, label: null, tickSize: 0 }),
      ],
    },
  );
}
