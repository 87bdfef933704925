import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatInteger, formatNumber, formatTick } from "../format.js";
import { lossAxis, lossMean, wholeTicks } from "./loss.js";
import { draw } from "./plot.js";
import { seriesColor } from "./series-style.js";

/** The loss of a run over its rounds; an empty one is not drawn. */
export interface LossCurve {
  readonly label: string;
  readonly loss: readonly number[];
}

/** Losses of several runs over one axis, running means where rounds are many; each ends in the number of its run, counted from 1. */
export function lossCurvesPlot(curves: readonly LossCurve[], width = 720): Drawn<SVGElement> {
  const lines = curves.map(({ loss }) => lossMean(loss).map((value, round) => ({ round: round + 1, loss: value })));
  const axis = lossAxis(lines.flatMap((points) => points.map(({ loss }) => loss)));
  const rounds = lines.reduce((most, points) => Math.max(most, points.length), 1);
  return draw(
    {
      id: "loss-curves",
      title: "Training loss of the runs over rounds",
      description: curves
        .map(({ label, loss }) => `${label}: ${loss.length === 0 ? "none" : formatNumber(loss[loss.length - 1])}`)
        .join("; "),
    },
    {
      width,
      height: 340,
      marginLeft: 56,
      marginRight: 24,
      marginBottom: 40,
      x: { domain: rounds > 1 ? [1, rounds] : [0, 2] },
      y: axis.scale,
      marks: [
        Plot.axisX({ label: "round", tickFormat: formatInteger, ticks: wholeTicks(rounds, width / 105) }),
        Plot.axisY({ label: "training loss", tickFormat: formatTick, ticks: axis.ticks }),
        Plot.gridY({ ticks: axis.ticks, strokeOpacity: 0.12 }),
        ...lines.flatMap((points, index) => [
          Plot.lineY(points, { x: "round", y: "loss", stroke: seriesColor(index), strokeWidth: 1.75 }),
          Plot.text(points.slice(-1), {
            x: "round",
            y: "loss",
            dx: 5,
            textAnchor: "start",
            text: () => String(index + 1),
            fill: seriesColor(index),
            fontWeight: 600,
          }),
        ]),
      ],
    },
  );
}
