import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatInteger } from "../format.js";
import { draw, shade } from "./plot.js";

export const mostClients = 48;

/** Share of the darkest shade up to which ink is read on it, in light and dark. */
const readable = 0.5;
const [marginLeft, marginRight] = [56, 4];

/** Heat map clients x classes of the rows that each client holds. counts: [client][class], at most 48 clients are drawn. */
export function partitionPlot(
  counts: readonly (readonly number[])[],
  classes: readonly string[],
  width = 620,
): Drawn<SVGElement> {
  const clients = counts.slice(0, mostClients);
  const cells = clients.flatMap((row, client) => row.map((count, k) => ({ client, class: classes[k], count })));
  const most = cells.reduce((largest, { count }) => Math.max(largest, count), 1);
  const cellWidth = Math.max(26, Math.min(64, (width - marginLeft - marginRight) / classes.length));
  const cellHeight = clients.length <= 16 ? 24 : 12;
  const labelled = cellHeight === 24 && cellWidth >= 34;
  const longest = classes.reduce((length, name) => Math.max(length, name.length), 0);
  const tilted = longest * 7 > cellWidth;
  return draw(
    {
      id: "partition",
      title: "Rows by client and class",
      description: `${formatInteger(clients.length)} clients, ${formatInteger(classes.length)} classes, at most ${formatInteger(most)} rows in a cell.`,
    },
    {
      width: marginLeft + marginRight + cellWidth * classes.length,
      height: (tilted ? 30 + 4 * longest : 42) + cellHeight * clients.length,
      marginLeft,
      marginRight,
      marginTop: 6,
      marginBottom: tilted ? 24 + 4 * longest : 36,
      x: { domain: classes },
      y: { domain: clients.map((_, client) => client) },
      opacity: { type: "identity" },
      marks: [
        Plot.cell(cells, {
          x: "class",
          y: "client",
          fill: "var(--federated)",
          fillOpacity: ({ count }: { count: number }) => (labelled ? readable : 1) * shade(count, most),
          inset: 0.75,
        }),
        ...(labelled
          ? [
              Plot.text(cells, {
                x: "class",
                y: "client",
                text: ({ count }: { count: number }) => (count === 0 ? "" : formatInteger(count)),
                fill: "currentColor",
                fontSize: 11,
              }),
            ]
          : []),
        Plot.axisX({ label: "class", tickSize: 0, tickRotate: tilted ? -30 : 0 }),
        Plot.axisY({
          label: "client",
          labelArrow: "none",
          labelAnchor: "center",
          tickSize: 0,
          ticks: clients.map((_, client) => client).filter((client) => cellHeight === 24 || client % 4 === 0),
          tickFormat: formatInteger,
        }),
      ],
    },
  );
}
