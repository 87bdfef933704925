import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatInteger, formatNumber, formatTick } from "../format.js";
import { domainOf, draw, logTicks } from "./plot.js";

/** How alike a client's rows are to synthetic rows, and to as many real ones. */
export interface ServedClient {
  readonly label: string;
  readonly rows: number;
  readonly synthetic: number;
  readonly real: number;
}

/** Overall quality of each client over its number of rows: synthetic rows as dots, real ones as ticks, joined where they differ. */
export function servedClientsPlot(clients: readonly ServedClient[], width = 620): Drawn<SVGElement> {
  const [low, high] = [Math.min(...clients.map(({ rows }) => rows)), Math.max(...clients.map(({ rows }) => rows))];
  return draw(
    {
      id: "served-clients",
      title: "Overall quality by client",
      description: clients
        .map(
          ({ label, rows, synthetic, real }) =>
            `${label}, ${formatInteger(rows)} rows: ${formatNumber(synthetic, 3)}, real rows ${formatNumber(real, 3)}`,
        )
        .join("; "),
    },
    {
      width,
      height: 300,
      marginLeft: 48,
      marginRight: 20,
      marginTop: 24,
      marginBottom: 40,
      x: { type: "log", domain: [low / 1.15, high * 1.15] },
      y: { domain: domainOf(clients.flatMap(({ synthetic, real }) => [synthetic, real])) },
      marks: [
        Plot.gridY({ ticks: 5, strokeOpacity: 0.12 }),
        Plot.ruleX(clients, { x: "rows", y1: "synthetic", y2: "real", stroke: "var(--data)", strokeWidth: 1.5 }),
        Plot.dot(clients, { x: "rows", y: "real", symbol: "square2", fill: "var(--data)", r: 4 }),
        Plot.dot(clients, { x: "rows", y: "synthetic", fill: "var(--federated)", r: 4.5, fillOpacity: 0.85 }),
        Plot.axisX({
          label: "training rows of the client",
          labelAnchor: "center",
          ticks: sizeTicks(low, high),
          tickFormat: formatInteger,
        }),
        Plot.axisY({ label: "overall quality", ticks: 5, tickFormat: formatTick, tickSize: 0 }),
      ],
    },
  );
}

/** Round numbers of rows; where there are fewer than two, the ends, unless these would stand one upon the other. */
function sizeTicks(low: number, high: number): number[] {
  const round = logTicks(low, high);
  if (round.length > 1) return round;
  return high < 1.1 * low ? [low] : [low, high];
}
