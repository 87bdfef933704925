import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatNumber, formatSeconds, formatTick } from "../format.js";
import { lossAxis, lossMean } from "./loss.js";
import { draw } from "./plot.js";

/** A round in virtual time. */
export interface VirtualLoss {
  /** Virtual seconds at its end. */
  readonly end: number;
  readonly loss: number;
}

/** Loss over virtual time, on a logarithmic axis where it falls by much; a running mean on top of many rounds. */
export function virtualLossPlot(rounds: readonly VirtualLoss[], width = 640): Drawn<SVGElement> {
  const losses = rounds.map(({ loss }) => loss);
  const axis = lossAxis(losses);
  const mean = lossMean(losses);
  const isSmooth = mean !== losses;
  const line = { x: "end", y: "loss", stroke: "var(--federated)" };
  const [{ loss: first }] = rounds;
  const last = rounds[rounds.length - 1];
  return draw(
    {
      id: "virtual-loss",
      title: "Training loss over virtual time",
      description: `From ${formatNumber(first)} to ${formatNumber(last.loss)} in ${formatSeconds(last.end)} of virtual time.`,
    },
    {
      width,
      height: 300,
      marginLeft: 56,
      marginRight: 60,
      marginBottom: 40,
      x: { domain: [0, last.end] },
      y: axis.scale,
      marks: [
        Plot.axisX({ label: "virtual seconds", tickFormat: formatTick, ticks: Math.max(2, Math.round(width / 105)) }),
        Plot.axisY({ label: "training loss", tickFormat: formatTick, ticks: axis.ticks }),
        Plot.gridY({ ticks: axis.ticks, strokeOpacity: 0.12 }),
        Plot.lineY(rounds, { ...line, strokeWidth: isSmooth ? 1 : 1.75, strokeOpacity: isSmooth ? 0.4 : 1 }),
        ...(isSmooth ? [Plot.lineY(rounds, { ...line, y: mean, strokeWidth: 2 })] : []),
        Plot.text([last], {
          ...{ x: "end", y: "loss", dx: 6, textAnchor: "start", fill: "currentColor" },
          text: (round: VirtualLoss) => formatNumber(round.loss),
        }),
      ],
    },
  );
}
