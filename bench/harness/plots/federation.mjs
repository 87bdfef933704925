import { formatInteger } from "../../../build/js/report/format.js";
import { colors, groupsOf, own, symbols } from "./contestants.mjs";
import { linesPlot } from "./lines.mjs";

const palette = [own, ...colors];
const shapes = ["circle", ...symbols];

/** Time of a round per client over the number of clients: level lines mean that clients cost the same however many there are. */
export function federationPlot({ series }) {
  const groups = groupsOf(series, ({ workers, parameters }) => {
    return `${formatInteger(parameters)} parameters, ${workers} ${workers === 1 ? "worker" : "workers"}`;
  });
  const lines = [...groups].map(([label, entries], index) => ({
    label,
    points: entries
      .map(({ clients, millisecondsPerClient }) => ({ x: clients, y: millisecondsPerClient }))
      .sort((a, b) => a.x - b.x),
    color: palette[index % palette.length],
    symbol: shapes[index % shapes.length],
  }));
  const counts = [...new Set(series.map(({ clients }) => clients))];
  const title = "Time of a federated round per client";
  const svg = linesPlot({
    id: "federation",
    title,
    x: { label: "clients", type: "log", ...(counts.length <= 9 && { ticks: counts }), format: formatInteger },
    y: { label: "milliseconds per client", type: "log" },
    lines,
  });
  return { title, svg };
}
