import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatNumber, formatTick } from "../format.js";
import type { LawKl } from "../parts.js";
import { domainOf, draw, logTicks } from "./plot.js";

/** A point of a line on logarithmic axes. */
interface Point {
  readonly noise: number;
  readonly nats: number;
}

/** Upper ends of KL over the noise at which sampling stops, and below them the same without margins; both axes logarithmic. */
export function lawKlPlot({ points }: LawKl, width = 640): Drawn<SVGElement> {
  const line = (nats: (point: LawKl["points"][number]) => number): Point[] =>
    points.map((point) => ({ noise: point.noise, nats: nats(point) })).filter((point) => point.nats > 0);
  const upper = line((point) => point.upper);
  const without = line((point) => point.crossEntropy - point.entropy);
  const axis = (values: number[]) => {
    const [low, high] = domainOf(values.map(Math.log)).map(Math.exp);
    return { domain: [low, high], ticks: logTicks(low, high, width / 80) };
  };
  const x = axis(points.map(({ noise }) => noise));
  const y = axis([...upper, ...without].map(({ nats }) => nats));
  const [first, last] = [points[0], points[points.length - 1]];
  return draw(
    {
      id: "law-kl",
      title: "Certified KL of the data law over the noise",
      description: `KL is at most ${formatNumber(first.upper)} nats at noise ${formatNumber(first.noise)} and ${formatNumber(last.upper)} nats at noise ${formatNumber(last.noise)}.`,
    },
    {
      width,
      height: 300,
      marginLeft: 74,
      marginBottom: 42,
      x: { type: "log", domain: x.domain },
      y: { type: "log", domain: y.domain },
      marks: [
        Plot.axisX({
          label: "noise on the data, σ / α",
          labelAnchor: "center",
          ticks: x.ticks,
          tickFormat: formatTick,
        }),
        Plot.axisY({ label: "KL, nats", ticks: y.ticks, tickFormat: formatTick }),
        Plot.gridY({ ticks: y.ticks, strokeOpacity: 0.12 }),
        Plot.lineY(without, { x: "noise", y: "nats", stroke: "var(--reference)", strokeDasharray: "4 3" }),
        Plot.lineY(upper, { x: "noise", y: "nats", stroke: "var(--federated)", strokeWidth: 2 }),
        Plot.dot(upper, { x: "noise", y: "nats", r: 3, fill: "var(--federated)" }),
      ],
    },
  );
}
