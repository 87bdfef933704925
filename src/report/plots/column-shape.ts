import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatInteger, formatTick } from "../format.js";
import type { TableColumn } from "../parts.js";
import { draw, logTicks } from "./plot.js";

type NumberAxis = Extract<TableColumn["axis"], { kind: "number" }>;
type CategoryAxis = Extract<TableColumn["axis"], { kind: "category" }>;
/** Cells in bins or categories, of training rows and of synthetic ones where there are some. */
type Counted = Pick<TableColumn["train"], "bins" | "atoms" | "gaps">;

const [width, height] = [250, 170];
const rowHeight = 15;
const mostLetters = 16;
/** Letters of a number of which there is room for five below a picture. */
const shortTick = 6;
/** Of 11 px, small letters and capitals. */
const [pixelsOfSmall, pixelsOfCapital] = [6.2, 7.8];

/** How the cells of a column lie: training rows grey, synthetic rows as a coloured line or bar. @param synthetic undefined where there are none. */
export function columnShapePlot(column: TableColumn, synthetic: Counted | undefined, id: string): Drawn<SVGElement> {
  const { axis, train, name } = column;
  if (axis.kind === "category") return categoriesPlot(name, categoryBars(axis, train, synthetic), id);
  if (axis.edges.length === 0) return categoriesPlot(name, atomBars(axis, train, synthetic), id);
  return histogramPlot(name, axis, train, synthetic, id);
}

interface Bar {
  readonly label: string;
  /** Share of the cells, in percent. */
  readonly train: number;
  readonly synthetic: number | undefined;
}

function categoryBars({ names }: CategoryAxis, train: Counted, synthetic: Counted | undefined): Bar[] {
  const share = percentOf(train);
  const drawn = synthetic && percentOf(synthetic);
  const bars = names.map((label, place) => ({
    label,
    train: share(train.bins[place]),
    synthetic: synthetic && drawn?.(synthetic.bins[place]),
  }));
  return [...bars, ...gapBar(train, synthetic)];
}

function atomBars({ atoms, isDate }: NumberAxis, train: Counted, synthetic: Counted | undefined): Bar[] {
  const [share, drawn] = [percentOf(train), synthetic && percentOf(synthetic)];
  const bars = atoms.map((atom, place) => ({
    label: valueWords(atom, isDate),
    train: share(train.atoms?.[place] ?? 0),
    synthetic: synthetic && drawn?.(synthetic.atoms?.[place] ?? 0),
  }));
  return [...bars, ...gapBar(train, synthetic)];
}

function gapBar(train: Counted, synthetic: Counted | undefined): Bar[] {
  if (train.gaps === 0 && (synthetic?.gaps ?? 0) === 0) return [];
  const drawn = synthetic && percentOf(synthetic)(synthetic.gaps);
  return [{ label: "(missing)", train: percentOf(train)(train.gaps), synthetic: drawn }];
}

function percentOf({ bins, atoms = [], gaps }: Counted): (count: number) => number {
  const all = [...bins, ...atoms].reduce((sum, count) => sum + count, gaps) || 1;
  return (count) => (100 * count) / all;
}

/** A number, or the day that it is. */
export function valueWords(value: number, isDate: boolean): string {
  return isDate ? new Date(value * 86_400_000).toISOString().slice(0, 10) : formatTick(value);
}

function shortened(label: string): string {
  return label.length > mostLetters ? `${label.slice(0, mostLetters - 1)}…` : label;
}

function pixelsOf(label: string): number {
  return [...label].reduce((sum, letter) => sum + (/[a-z .,/-]/.test(letter) ? pixelsOfSmall : pixelsOfCapital), 0);
}

function categoriesPlot(name: string, bars: readonly Bar[], id: string): Drawn<SVGElement> {
  const drawn = bars.flatMap(({ label, synthetic }) => (synthetic === undefined ? [] : [{ label, share: synthetic }]));
  const labels = new Map(bars.map(({ label }) => [label, shortened(label)]));
  const room = [...labels.values()].reduce((most, label) => Math.max(most, pixelsOf(label)), 24);
  return draw(
    {
      id,
      title: `Shares of the values of ${name}`,
      description: bars
        .map(({ label, train, synthetic }) =>
          synthetic === undefined
            ? `${label}: ${train.toFixed(1)} % of the training rows`
            : `${label}: ${train.toFixed(1)} % of the training rows, ${synthetic.toFixed(1)} % of the synthetic ones`,
        )
        .join("; "),
    },
    {
      width,
      height: Math.max(50, 26 + rowHeight * bars.length),
      marginLeft: 10 + room,
      marginRight: 10,
      marginTop: 2,
      marginBottom: 22,
      x: { domain: [0, 1.04 * Math.max(1, ...bars.flatMap(({ train, synthetic = 0 }) => [train, synthetic]))] },
      y: { domain: bars.map(({ label }) => label), label: null, padding: 0.15 },
      marks: [
        Plot.gridX({ ticks: 3, strokeOpacity: 0.12 }),
        Plot.barX(bars, { x: "train", y: "label", fill: "var(--data)", fillOpacity: 0.45 }),
        Plot.barX(drawn, { x: "share", y: "label", fill: "var(--federated)", insetTop: 4, insetBottom: 4 }),
        Plot.ruleX([0], { strokeOpacity: 0.4 }),
        Plot.axisX({ ticks: 3, label: null, tickSize: 0, tickFormat: formatTick }),
        Plot.axisY({ tickSize: 0, fontSize: 11, tickFormat: (label: string) => labels.get(label) ?? label }),
      ],
    },
  );
}

function histogramPlot(
  name: string,
  axis: NumberAxis,
  train: Counted,
  synthetic: Counted | undefined,
  id: string,
): Drawn<SVGElement> {
  const { edges, scale, isDate } = axis;
  const bars = barsOf(edges, train);
  const line = synthetic && outlineOf(edges, synthetic);
  const domain = [edges[0], edges[edges.length - 1]].map((edge) => (isDate ? dayOf(edge) : edge));
  const place = (edge: number) => (isDate ? dayOf(edge) : edge);
  return draw(
    {
      id,
      title: `Histogram of ${name}`,
      description: `${formatInteger(bars.length)} bins from ${valueWords(edges[0], isDate)} to ${valueWords(edges[edges.length - 1], isDate)}, training rows as areas, synthetic rows as a line`,
    },
    {
      width,
      height,
      marginLeft: 34,
      marginRight: 10,
      marginTop: 6,
      marginBottom: 24,
      x: { type: isDate ? "utc" : scale, domain, label: null },
      y: {
        label: null,
        domain: [
          0,
          1.04 * Math.max(0.01, ...bars.map(({ share }) => share), ...(line ?? []).map(({ share }) => share)),
        ],
      },
      marks: [
        Plot.gridY({ ticks: 3, strokeOpacity: 0.12 }),
        Plot.rectY(bars, {
          x1: ({ low }: { low: number }) => place(low),
          x2: ({ high }: { high: number }) => place(high),
          y: "share",
          fill: "var(--data)",
          fillOpacity: 0.45,
          inset: 0,
        }),
        ...(line
          ? [
              Plot.line(line, {
                x: ({ at }: { at: number }) => place(at),
                y: "share",
                stroke: "var(--federated)",
                strokeWidth: 1.75,
              }),
            ]
          : []),
        Plot.ruleY([0], { strokeOpacity: 0.4 }),
        Plot.axisX({ ...ticksOf(axis), tickSize: 3, label: null }),
        Plot.axisY({ ticks: 3, tickSize: 0, tickFormat: formatTick, label: null }),
      ],
    },
  );
}

function ticksOf({ edges, scale, isDate }: NumberAxis) {
  if (isDate) return { ticks: 3 };
  const ends = [edges[0], edges[edges.length - 1]];
  const longest = Math.max(...ends.map((end) => formatTick(end).length));
  const ticks = scale === "log" ? logTicks(ends[0], ends[1], 3) : longest > shortTick ? 2 : 3;
  return { ticks, tickFormat: formatTick };
}

function dayOf(days: number): Date {
  return new Date(days * 86_400_000);
}

/** Share of the cells in each bin, in percent. */
function barsOf(edges: readonly number[], counted: Counted) {
  const share = percentOf(counted);
  return counted.bins.map((count, bin) => ({ low: edges[bin], high: edges[bin + 1], share: share(count) }));
}

/** Two points a bin: a stair, also where bins are not equally wide. */
function outlineOf(edges: readonly number[], counted: Counted): { readonly at: number; readonly share: number }[] {
  return barsOf(edges, counted).flatMap(({ low, high, share }) => [
    { at: low, share },
    { at: high, share },
  ]);
}
