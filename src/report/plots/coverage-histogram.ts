import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatInteger } from "../format.js";
import { wholeTicks } from "./loss.js";
import { draw } from "./plot.js";

/** Bars: share of (round, parameter) pairs by the number of clients Gamma that covered the parameter. */
export function coverageHistogramPlot(histogram: readonly number[], width = 520): Drawn<SVGElement> {
  const total = histogram.reduce((sum, count) => sum + count, 0) || 1;
  const bars = histogram.map((count, clients) => ({ clients, share: (100 * count) / total }));
  const most = bars.length - 1;
  const ticks = most <= 16 ? bars.map(({ clients }) => clients) : [0, ...wholeTicks(most, width / 65)];
  return draw(
    {
      id: "coverage-histogram",
      title: "Histogram of coverage",
      description: `Share of pairs of round and parameter covered by 0 to ${formatInteger(most)} clients.`,
    },
    {
      width,
      height: 240,
      marginLeft: 44,
      marginBottom: 40,
      marginTop: 24,
      x: { domain: [-0.6, most + 0.6] },
      y: { domain: [0, Math.max(1, ...bars.map(({ share }) => share))] },
      marks: [
        Plot.gridY({ ticks: 4, strokeOpacity: 0.12 }),
        Plot.rectY(bars, {
          x1: (bar: { clients: number }) => bar.clients - 0.4,
          x2: (bar: { clients: number }) => bar.clients + 0.4,
          y: "share",
          fill: (bar: { clients: number }) => (bar.clients === 0 ? "var(--warning)" : "var(--federated)"),
        }),
        Plot.ruleY([0], { strokeOpacity: 0.4 }),
        Plot.axisX({ ticks, tickFormat: formatInteger, label: "clients that keep the parameter, Γ", tickSize: 0 }),
        Plot.axisY({ ticks: 4, label: "% of parameters × rounds", tickSize: 0 }),
      ],
    },
  );
}
