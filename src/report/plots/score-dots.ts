import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatNumber, formatTick } from "../format.js";
import { type Description, domainOf, draw } from "./plot.js";
import { seriesSymbols } from "./series-style.js";

/** A score on an axis. */
export interface ScoreDot {
  /** What is measured: a row of the plot. */
  readonly measure: string;
  /** Whose score it is. */
  readonly source: string;
  readonly value: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
}

/** Whose scores are drawn, in the order of their symbols. */
export interface ScoreSource {
  readonly name: string;
  /** CSS colour. */
  readonly color: string;
}

const rowHeight = 34;
const pixelsOfLetter = 7;

/** Symbol of a source in plots and keys. */
export function symbolOf(place: number): Plot.SymbolType {
  return seriesSymbols[place % seriesSymbols.length];
}

/** Dots of several sources, one row a measure, with the ends of intervals where there are some. @param ideal where a rule stands. */
export function scoreDotsPlot(
  about: Pick<Description, "id" | "title">,
  dots: readonly ScoreDot[],
  sources: readonly ScoreSource[],
  ideal: number | undefined,
  width = 620,
): Drawn<SVGElement> {
  const measures = [...new Set(dots.map(({ measure }) => measure))];
  const longest = Math.max(...measures.map((measure) => measure.length));
  const [low, high] = domainOf(
    dots
      .flatMap(({ value, interval }) => [value, ...(interval ? [interval.low, interval.high] : [])])
      .concat(ideal ?? []),
  );
  const spread = (source: string) => {
    const place = sources.findIndex(({ name }) => name === source);
    return (place - (sources.length - 1) / 2) * Math.min(5, 22 / sources.length);
  };
  const marginLeft = 14 + pixelsOfLetter * longest;
  return draw(
    {
      ...about,
      description: dots
        .map(({ measure, source, value }) => `${measure}, ${source}: ${formatNumber(value, 3)}`)
        .join("; "),
    },
    {
      width,
      height: 46 + rowHeight * measures.length,
      marginLeft,
      marginRight: 16,
      marginTop: 4,
      marginBottom: 34,
      x: { domain: [low, high] },
      y: { type: "point", domain: measures, label: null, padding: 0.5 },
      marks: [
        Plot.gridX({ ticks: Math.max(3, (width - marginLeft) / 80), strokeOpacity: 0.12 }),
        Plot.gridY({ strokeOpacity: 0.12 }),
        ...(ideal === undefined
          ? []
          : [Plot.ruleX([ideal], { stroke: "currentColor", strokeOpacity: 0.6, strokeDasharray: "4 3" })]),
        ...sources.flatMap(({ name, color }, place) => {
          const own = dots.filter(({ source }) => source === name);
          const dy = spread(name);
          return [
            Plot.ruleY(
              own.flatMap(({ measure, interval }) => (interval ? [{ measure, ...interval }] : [])),
              { x1: "low", x2: "high", y: "measure", stroke: color, strokeWidth: 1.5, dy },
            ),
            Plot.dot(own, { x: "value", y: "measure", fill: color, symbol: symbolOf(place), r: 4.5, dy }),
          ];
        }),
        Plot.axisX({ label: null, ticks: Math.max(3, (width - marginLeft) / 80), tickFormat: formatTick }),
        Plot.axisY({ tickSize: 0 }),
      ],
    },
  );
}
