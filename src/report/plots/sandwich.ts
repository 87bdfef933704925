import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatNumber, formatTick } from "../format.js";
import type { SandwichRow } from "../parts.js";
import { draw } from "./plot.js";

const colors: Readonly<Record<SandwichRow["role"], string>> = {
  "lower bound": "var(--data)",
  interval: "var(--federated)",
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

/** An interval takes the place of the estimates; where there is none, no row says so beside the estimates that stand for it. */
function drawnRows(rows: readonly SandwichRow[]): readonly SandwichRow[] {
  const enclosed = rows.some(({ role, value }) => role === "interval" && value !== null);
  return rows.filter(({ role }) => role !== (enclosed ? "estimate" : "interval"));
}

/** Bounds and estimates of one KL on a logarithmic axis, one below the other; parts without a value say why in words. */
export function sandwichPlot(all: readonly SandwichRow[]): Drawn<SVGElement> {
  const rows = drawnRows(all);
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
        .map((row) => `${row.label}: ${row.value === null ? (row.reason ?? "none") : `${wordsOf(row)} nats`}`)
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
          text: (row: Placed) => wordsOf(row, 3),
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

/** What a row claims: a number, or both ends of an interval. */
function wordsOf({ role, value, low }: SandwichRow, digits?: number): string {
  const high = formatNumber(value ?? 0, digits);
  return role === "interval" ? `${formatNumber(low ?? 0, digits)} to ${high}` : high;
}

/** The whole reason stands in the table. */
function shortened(text: string): string {
  return text.length > 78 ? `${text.slice(0, 76)}…` : text;
}
