import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatGiven, formatInteger, formatNumber, formatTick } from "../format.js";
import { wholeTicks } from "./loss.js";
import { draw } from "./plot.js";

/** Epsilon after rounds, and the most that it may be, where that is said. */
export function epsilonPlot(
  points: readonly { readonly round: number; readonly epsilon: number }[],
  budget: number | undefined,
  width = 640,
): Drawn<SVGElement> {
  const line = { x: "round", y: "epsilon", stroke: "var(--federated)" };
  const marks: Plot.Markish[] = [
    Plot.axisX({
      label: "round",
      tickFormat: formatInteger,
      ticks: wholeTicks(points.at(-1)?.round ?? 1, width / 105),
    }),
    Plot.axisY({ label: "epsilon", tickFormat: formatTick }),
    Plot.gridY({ strokeOpacity: 0.12 }),
    Plot.ruleY([0]),
    ...(budget === undefined
      ? []
      : [
          Plot.ruleY([budget], { stroke: "currentColor", strokeDasharray: "4 3" }),
          Plot.text([`${formatGiven(budget)} allowed`], {
            ...{ frameAnchor: "left" as const, y: budget, dx: 4, dy: 4, textAnchor: "start" as const },
            ...{ lineAnchor: "top" as const, fill: "currentColor" },
          }),
        ]),
    Plot.lineY(points, { ...line, strokeWidth: 1.75 }),
    Plot.dot(points, { x: "round", y: "epsilon", fill: "var(--federated)", r: 2.5 }),
    Plot.text(points.slice(-1), {
      x: "round",
      y: "epsilon",
      dx: 6,
      textAnchor: "start",
      text: (point: { epsilon: number }) => formatNumber(point.epsilon),
      fill: "currentColor",
    }),
  ];
  const [last] = points.slice(-1);
  const top = points.reduce((most, { epsilon }) => Math.max(most, epsilon), budget ?? 0);
  return draw(
    {
      id: "epsilon",
      title: "Epsilon over rounds",
      description:
        last === undefined ? "No round." : `${formatNumber(last.epsilon)} after ${formatInteger(last.round)} rounds.`,
    },
    {
      ...{ width, height: 260, marginLeft: 56, marginRight: 60, marginBottom: 40 },
      x: { domain: [0, Math.max(1, last?.round ?? 1)] },
      y: { domain: [0, 1.05 * top] },
      marks,
    },
  );
}
