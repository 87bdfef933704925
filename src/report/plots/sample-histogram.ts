import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatTick } from "../format.js";
import { domainOf, draw } from "./plot.js";

export interface SampleLine {
  readonly label: string;
  /** float32 [n]. */
  readonly values: Float32Array;
  /** CSS colour. */
  readonly color: string;
}

const bins = 60;

/** Share of the values in each of 60 equal bins of [low, high], per unit length; values outside count in the total. */
export function histogramDensity(values: Float32Array, low: number, high: number): number[] {
  const density = new Array<number>(bins).fill(0);
  const width = (high - low) / bins;
  for (const value of values) {
    const bin = Math.floor((value - low) / width);
    if (bin >= 0 && bin < bins) density[bin] += 1 / (values.length * width);
  }
  return density;
}

/** One-dimensional samples as outlined histograms on the axis of the first. */
export function sampleHistogramPlot(lines: readonly SampleLine[], width = 640): Drawn<SVGElement> {
  const [low, high] = domainOf(lines[0].values, 0.15);
  const bin = (high - low) / bins;
  const marks = lines.map(({ values, color }) => {
    const points = histogramDensity(values, low, high).map((density, i) => ({ x: low + (i + 0.5) * bin, density }));
    return Plot.lineY(points, { x: "x", y: "density", stroke: color, curve: "step", strokeWidth: 1.75 });
  });
  return draw(
    {
      id: "sample-histogram",
      title: "Histograms of the samples",
      description: lines.map(({ label, values }) => `${label}: ${values.length} values`).join("; "),
    },
    {
      width,
      height: 300,
      marginBottom: 40,
      x: { domain: [low, high], tickFormat: formatTick, label: "value, data units" },
      y: { label: "density", tickFormat: formatTick, ticks: 4 },
      marks: [Plot.gridY({ ticks: 4, strokeOpacity: 0.12 }), ...marks, Plot.ruleY([0], { strokeOpacity: 0.4 })],
    },
  );
}
