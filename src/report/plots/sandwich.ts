import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatNumber, formatTick } from "../format.js";
import type { SandwichRow } from "../parts.js";
import { draw } from "./plot.js";

const colors: Readonly<Record<SandwichRow["role"], string>> = {
  "lower bound": "var(--data)",
  estimate: "var(--reference)",
  exact: "currentColor",
  certificate: "var(--federated)",
  "a-priori bound": "var(--warning)",
  "a-priori bound, last network": "var(--warning)",
};

/** A row with a position: a bound that is not above 0 stands at the left end of the logarithmic axis. */
interface Placed extends SandwichRow {
  readonly at: number;
  readonly label: string;
}

/** Bounds and estimates of one KL on a logarithmic axis, one below the other; parts without a value say why in words. */
export function sandwichPlot(rows: readonly SandwichRow[]): Drawn<SVGElement> {
  const values = rows.flatMap(({ value, low, high }) => [value, low, high]).filter((v) => v !== null && v > 0);
  const positive = values.length > 0 ? values.map(Number) : [1];
  const left = Math.min(...positive) / 3;
  const right = Math.max(...positive) * 3;
  const placed = rows.map(
    (row): Placed => ({
      ...row,
      at: Math.max(row.value ?? left, left),
      label: row.role === "estimate" ? row.name : row.role,
    }),
  );
  const known = placed.filter(({ value }) => value !== null);
  const ranged = known.filter(({ low, high }) => low !== null || high !== null);
  return draw(
    {
      id: "sandwich",
      title: "Bounds on the KL divergence",
      description: placed
        .map(
          ({ label, value, reason }) =>
            `${label}: ${value === null ? (reason ?? "none") : `${formatNumber(value)} nats`}`,
        )
        .join("; "),
    },
    {
      width: 720,
      height: 56 + 36 * rows.length,
      marginLeft: 190,
      marginRight: 110,
      marginTop: 6,
      marginBottom: 44,
      x: { type: "log", domain: [left, right] },
      y: { type: "point", domain: placed.map(({ label }) => label), label: null, padding: 0.6 },
      marks: [
        Plot.gridX({ ticks: 5, strokeOpacity: 0.12 }),
        Plot.ruleY(ranged, {
          x1: ({ low, at }: Placed) => Math.max(low ?? at, left),
          x2: ({ high, at }: Placed) => high ?? at,
          y: "label",
          stroke: ({ role }: Placed) => colors[role],
          strokeWidth: 2,
        }),
        Plot.dot(known, {
          x: "at",
          y: "label",
          r: 5,
          symbol: ({ role }: Placed) =>
            role === "lower bound" ? "triangle" : role === "estimate" ? "circle" : "square",
          fill: ({ role }: Placed) => colors[role],
        }),
        Plot.text(known, {
          frameAnchor: "right",
          y: "label",
          dx: 104,
          textAnchor: "end",
          text: ({ value }: Placed) => formatNumber(value ?? 0, 3),
          fill: "currentColor",
        }),
        Plot.text(
          placed.filter(({ value }) => value === null),
          {
            frameAnchor: "left",
            y: "label",
            dx: 6,
            textAnchor: "start",
            text: ({ reason }: Placed) => shortened(`none: ${reason ?? "not computed"}`),
            fill: "currentColor",
            fillOpacity: 0.75,
            fontStyle: "italic",
          },
        ),
        Plot.axisX({ label: "KL, nats", labelAnchor: "center", ticks: 5, tickFormat: formatTick }),
        Plot.axisY({ tickSize: 0 }),
      ],
    },
  );
}

/** The whole reason stands in the table. */
function shortened(text: string): string {
  return text.length > 78 ? `${text.slice(0, 76)}…` : text;
}
