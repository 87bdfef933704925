import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatNumber, formatTick } from "../format.js";
import type { SandwichRow } from "../parts.js";
import { draw, logTicks } from "./plot.js";

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

/** Less than this leaves no room for labels beside the axis: they stand above it. */
const roomy = 500;

/** Bounds and estimates of one KL on a logarithmic axis, one below the other; parts without a value say why in words. */
export function sandwichPlot(all: readonly SandwichRow[], width = 720): Drawn<SVGElement> {
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
  const beside = width >= roomy;
  const above = beside ? {} : { dy: -15 };
  const ticks = logTicks(left, right, beside ? 8 : 4);
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
      width,
      height: 56 + (beside ? 36 : 52) * rows.length,
      marginLeft: beside ? 190 : 8,
      marginRight: beside ? 110 : 8,
      marginTop: 6,
      marginBottom: 44,
      x: { type: "log", domain: [left, right] },
      y: {
        type: "point",
        domain: placed.map(({ label }) => label),
        label: null,
        padding: 0.6,
        axis: beside ? undefined : null,
      },
      marks: [
        Plot.gridX({ ticks, strokeOpacity: 0.12 }),
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
          ...(beside ? { dx: 104 } : above),
          textAnchor: "end",
          text: (row: Placed) => wordsOf(row, 3),
          fill: "currentColor",
        }),
        Plot.text(
          placed.filter(({ value }) => value === null),
          {
            frameAnchor: "left",
            y: "label",
            dx: beside ? 6 : 0,
            dy: beside ? 0 : 2,
            textAnchor: "start",
            text: ({ reason }: Placed) =>
              shortened(`none: ${reason ?? "not computed"}`, Math.floor(width / (beside ? 9.2 : 6.5))),
            fill: "currentColor",
            fillOpacity: 0.75,
            fontStyle: "italic",
          },
        ),
        Plot.axisX({ label: "KL, nats", labelAnchor: "center", ticks, tickFormat: formatTick }),
        beside
          ? Plot.axisY({ tickSize: 0 })
          : Plot.text(placed, {
              frameAnchor: "left",
              y: "label",
              ...above,
              textAnchor: "start",
              text: "label",
              fill: "currentColor",
            }),
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
function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 2)}…` : text;
}
