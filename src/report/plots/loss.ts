import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatInteger, formatNumber, formatTick } from "../format.js";
import { domainOf, draw, logTicks } from "./plot.js";

/** Windows of the running mean: drawn from this many rounds on. */
const windows = 40;

/** Ratio of the largest to the least loss from which the axis is logarithmic. */
const muchLarger = 5;

/** Running mean over a centred window, shorter at the ends. */
export function runningMean(values: readonly number[], window: number): number[] {
  const half = Math.floor(window / 2);
  return values.map((_, i) => {
    const near = values.slice(Math.max(0, i - half), i + half + 1);
    return near.reduce((sum, value) => sum + value, 0) / near.length;
  });
}

/** Whether a loss has so many rounds that its running mean is drawn. */
function isLong(loss: readonly number[]): boolean {
  return loss.length >= 2 * windows;
}

/** The line to read a loss by: its running mean where it has many rounds, else itself. */
export function lossMean(loss: readonly number[]): readonly number[] {
  return isLong(loss) ? runningMean(loss, Math.round(loss.length / windows)) : loss;
}

/** Ends of what the clients of a round have lost. */
export interface LossEnds {
  readonly low: number;
  readonly high: number;
}

/**
 * Loss over rounds, on a logarithmic axis where it falls by much, with its last value; a running mean on top of many rounds, shaded what
 * lies between the clients' least and greatest.
 */
export function lossPlot(
  loss: readonly number[],
  clients: readonly (LossEnds | undefined)[] = [],
  width = 640,
): Drawn<SVGElement> {
  const points = loss.map((value, round) => ({ round: round + 1, loss: value }));
  const band = clients.flatMap((ends, round) => (ends ? [{ round: round + 1, ...ends }] : []));
  const all = [...loss, ...band.flatMap(({ low, high }) => [low, high])];
  const axis = lossAxis(all);
  const smooth = isLong(loss);
  const mean = lossMean(loss);
  const line = { x: "round", y: "loss", stroke: "var(--federated)" };
  const last = points.slice(-1);
  const marks: Plot.Markish[] = [
    Plot.axisX({ label: "round", tickFormat: formatInteger, ticks: wholeTicks(loss.length, width / 105) }),
    Plot.axisY({ label: "training loss", tickFormat: formatTick, ticks: axis.ticks }),
    Plot.gridY({ ticks: axis.ticks, strokeOpacity: 0.12 }),
    Plot.areaY(band, { x: "round", y1: "low", y2: "high", fill: "var(--federated)", fillOpacity: 0.13 }),
    Plot.lineY(points, { ...line, strokeWidth: smooth ? 1 : 1.75, strokeOpacity: smooth ? 0.4 : 1 }),
  ];
  if (smooth) marks.push(Plot.lineY(points, { ...line, y: mean, strokeWidth: 2 }));
  if (loss.length < 3) marks.push(Plot.dot(points, { x: "round", y: "loss", fill: "var(--federated)" }));
  marks.push(
    Plot.text(last, {
      x: "round",
      y: "loss",
      dx: 6,
      textAnchor: "start",
      text: (point: { loss: number }) => formatNumber(point.loss),
      fill: "currentColor",
    }),
  );
  return draw(
    {
      id: "loss",
      title: "Training loss over rounds",
      description: `${formatInteger(loss.length)} rounds, from ${formatNumber(loss[0])} to ${formatNumber(loss[loss.length - 1])}.`,
    },
    {
      width,
      height: 300,
      marginLeft: 56,
      marginRight: 60,
      marginBottom: 40,
      x: { domain: loss.length > 1 ? [1, loss.length] : [0, 2] },
      y: axis.scale,
      marks,
    },
  );
}

/** Scale and ticks of an axis of losses: logarithmic where they are positive and differ by much. */
export function lossAxis(losses: readonly number[]): { scale: Plot.ScaleOptions; ticks: number[] | number } {
  const least = losses.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
  const logarithmic = least > 0 && losses.some((value) => value > muchLarger * least);
  if (!logarithmic) return { scale: { type: "linear", domain: domainOf(losses) }, ticks: 5 };
  const [low, high] = domainOf(losses.map(Math.log)).map(Math.exp);
  return { scale: { type: "log", domain: [low, high] }, ticks: logTicks(low, high) };
}

/** Few ticks at whole numbers from 1 to `last`. */
export function wholeTicks(last: number, count = 6): number[] {
  const rough = last / count;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? 10 * power;
  const ticks = [1];
  for (let tick = step; tick <= last; tick += step) if (tick > 1) ticks.push(tick);
  return ticks;
}
