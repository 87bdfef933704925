import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatNumber, formatTick } from "../format.js";
import { domainOf, draw } from "./plot.js";

/** mmse over snr, both logarithmic, with a dot at each grid point: where the curve falls, steps are needed. */
export function mmseCurvePlot(snr: readonly number[], mmse: readonly number[]): Drawn<SVGElement> {
  const points = snr.map((x, k) => ({ snr: x, mmse: mmse[k] })).filter((point) => point.mmse > 0 && point.snr > 0);
  const domain = (values: number[]) => domainOf(values.map(Math.log)).map(Math.exp);
  return draw(
    {
      id: "mmse",
      title: "Denoising error of the exact denoiser over the signal-to-noise ratio",
      description: `${points.length} grid points, from ${formatNumber(points[0]?.mmse ?? 0)} to ${formatNumber(points.at(-1)?.mmse ?? 0)}.`,
    },
    {
      width: 640,
      height: 300,
      marginLeft: 60,
      marginBottom: 42,
      x: { type: "log", domain: domain(points.map((point) => point.snr)) },
      y: { type: "log", domain: domain(points.map((point) => point.mmse)) },
      marks: [
        Plot.axisX({ label: "snr = α² / σ²", labelAnchor: "center", ticks: 6, tickFormat: formatTick }),
        Plot.axisY({ label: "mmse, squared units of the network's space", ticks: 5, tickFormat: formatTick }),
        Plot.gridY({ ticks: 5, strokeOpacity: 0.12 }),
        Plot.lineY(points, { x: "snr", y: "mmse", stroke: "var(--reference)", strokeOpacity: 0.6 }),
        Plot.dot(points, { x: "snr", y: "mmse", r: 2, fill: "var(--reference)" }),
      ],
    },
  );
}
