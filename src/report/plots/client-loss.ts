import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatInteger, formatNumber, formatTick } from "../format.js";
import { lossAxis } from "./loss.js";
import { draw } from "./plot.js";

export const mostClients = 500;

export interface ClientLoss {
  readonly id: number;
  readonly loss: number;
}

/** A dot for each client at its loss, and a rule at their mean; at most 500 clients are drawn. */
export function clientLossPlot(all: readonly ClientLoss[], width = 640): Drawn<SVGElement> {
  const clients = all.slice(0, mostClients);
  const losses = clients.map(({ loss }) => loss);
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  const [least, most] = [losses.reduce((a, b) => Math.min(a, b)), losses.reduce((a, b) => Math.max(a, b))];
  const axis = lossAxis(losses);
  const ids = clients.map(({ id }) => id);
  const every = Math.ceil(ids.length / (width / 40));
  return draw(
    {
      id: "client-loss",
      title: "Training loss of each client",
      description: `${formatInteger(clients.length)} clients, from ${formatNumber(least)} to ${formatNumber(most)}, mean ${formatNumber(mean)}.`,
    },
    {
      width,
      height: 220,
      marginLeft: 56,
      marginRight: 60,
      marginBottom: 40,
      x: { type: "point", domain: ids, padding: 0.5 },
      y: axis.scale,
      marks: [
        Plot.axisX({
          label: "client",
          labelArrow: "none",
          tickSize: 0,
          tickFormat: formatInteger,
          ticks: ids.filter((_, index) => index % every === 0),
        }),
        Plot.axisY({ label: "training loss", tickFormat: formatTick, ticks: axis.ticks }),
        Plot.gridY({ ticks: axis.ticks, strokeOpacity: 0.12 }),
        Plot.ruleY([mean], { stroke: "var(--data)", strokeDasharray: "4 3" }),
        Plot.text([mean], {
          y: (value: number) => value,
          frameAnchor: "right",
          dx: 6,
          textAnchor: "start",
          text: () => "mean",
          fill: "currentColor",
        }),
        Plot.dot(clients, { x: "id", y: "loss", r: clients.length > 60 ? 2 : 4, fill: "var(--federated)" }),
      ],
    },
  );
}
