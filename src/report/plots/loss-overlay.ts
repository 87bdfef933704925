import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatInteger, formatNumber, formatTick } from "../format.js";
import { runningMean, wholeTicks } from "./loss.js";
import { domainOf, draw, logTicks } from "./plot.js";

const colors = ["--federated", "--reference", "--series-3", "--series-4", "--series-7", "--series-8"];
const dashes = ["none", "6 3", "2 2", "8 3 2 3"];

/** Colour of a run among several. */
export function overlayColor(place: number): string {
  return `var(${colors[place % colors.length]})`;
}

/** Points of a curve. */
const mostPoints = 160;

/** Losses of several runs over their rounds, smoothed where there are many. */
export function lossOverlayPlot(
  runs: readonly { readonly label: string; readonly loss: readonly number[] }[],
): Drawn<SVGElement> {
  const curves = runs.map(({ label, loss }) => {
    const every = Math.max(1, Math.floor(loss.length / mostPoints));
    const smooth = runningMean(loss, Math.max(1, Math.round(loss.length / 40)));
    return {
      label,
      points: smooth.map((value, round) => ({ round: round + 1, loss: value })).filter((_, i) => i % every === 0),
    };
  });
  const all = curves.flatMap(({ points }) => points.map(({ loss }) => loss));
  const rounds = Math.max(...runs.map(({ loss }) => loss.length));
  const logarithmic = all.every((value) => value > 0);
  const [low, high] = logarithmic ? domainOf(all.map(Math.log)).map(Math.exp) : domainOf(all);
  const ticks = logarithmic ? logTicks(low, high) : 5;
  return draw(
    {
      id: "loss-overlay",
      title: "Training loss of several runs",
      description: runs.map(({ label, loss }) => `${label}: ${formatNumber(loss.at(-1) ?? Number.NaN, 3)}`).join("; "),
    },
    {
      width: 560,
      height: 280,
      marginLeft: 52,
      marginBottom: 40,
      x: { domain: [1, Math.max(2, rounds)] },
      y: { type: logarithmic ? "log" : "linear", domain: [low, high] },
      marks: [
        Plot.axisX({ label: "round", tickFormat: formatInteger, ticks: wholeTicks(rounds) }),
        Plot.axisY({ label: "training loss", tickFormat: formatTick, ticks }),
        Plot.gridY({ ticks, strokeOpacity: 0.12 }),
        ...curves.map(({ points }, place) =>
          Plot.lineY(points, {
            ...{ x: "round", y: "loss", stroke: overlayColor(place), strokeWidth: 2 },
            strokeDasharray: dashes[place % dashes.length],
          }),
        ),
      ],
    },
  );
}
