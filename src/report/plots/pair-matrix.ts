import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatInteger, formatNumber } from "../format.js";
import { draw, shade } from "./plot.js";

/** Most columns that are drawn. */
export const mostPaired = 40;

/** How unlike the relation between two columns is; undefined where that is not defined. */
export interface PairCell {
  /** Places of the columns, the first the smaller. */
  readonly first: number;
  readonly second: number;
  readonly score: number | undefined;
}

/** How far below 1 a score has the full colour. */
const fullAt = 0.5;
const [marginLeft, marginTop] = [26, 4];

/** Heat map of the pairs of columns, by their numbers: the stronger the colour, the less alike are their relations; a dot where that is not defined. */
export function pairMatrixPlot(
  cells: readonly PairCell[],
  columns: number,
  id: string,
  title: string,
): Drawn<SVGElement> {
  const shown = cells.filter(({ second }) => second < mostPaired);
  const count = Math.min(columns, mostPaired);
  const cell = Math.max(6, Math.min(22, 216 / (count - 1)));
  const known = shown.flatMap(({ score, ...pair }) => (score === undefined ? [] : [{ ...pair, score }]));
  const unknown = shown.filter(({ score }) => score === undefined);
  const every = Math.ceil(20 / cell);
  const places = (from: number) => Array.from({ length: count - 1 }, (_, index) => index + from);
  const ticks = (from: number) => places(from).filter((place) => place % every === 0);
  return draw(
    {
      id,
      title,
      description: described(known, count),
    },
    {
      width: marginLeft + 4 + cell * (count - 1),
      height: marginTop + 22 + cell * (count - 1),
      ...{ marginLeft, marginTop, marginRight: 4, marginBottom: 22 },
      x: { domain: places(0), padding: 0, label: null },
      y: { domain: places(1), padding: 0, label: null },
      opacity: { type: "identity" },
      marks: [
        Plot.cell(known, {
          x: "first",
          y: "second",
          fill: "var(--federated)",
          fillOpacity: ({ score }: { score: number }) => shade(1 - score, fullAt),
          inset: 0.5,
        }),
        Plot.dot(unknown, { x: "first", y: "second", r: 1.5, fill: "var(--data)" }),
        Plot.axisX({ tickSize: 0, ticks: ticks(0), tickFormat: (place: number) => String(place + 1), fontSize: 11 }),
        Plot.axisY({ tickSize: 0, ticks: ticks(1), tickFormat: (place: number) => String(place + 1), fontSize: 11 }),
      ],
    },
  );
}

function described(
  known: readonly { readonly first: number; readonly second: number; readonly score: number }[],
  count: number,
): string {
  const pairs = `${formatInteger(count)} columns, ${formatInteger(known.length)} pairs with a score`;
  const [first, ...others] = known;
  if (!first) return pairs;
  const worst = others.reduce((least, pair) => (pair.score < least.score ? pair : least), first);
  return `${pairs}, the least ${formatNumber(worst.score, 3)} of columns ${worst.first + 1} and ${worst.second + 1}`;
}
