import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatNumber, formatTick } from "../format.js";
import { domainOf, draw, logTicks } from "./plot.js";

/** Beside the largest mmse, what is smaller is rounding. */
const rounding = 1e-10;

/**
 * mmse over snr, both logarithmic: a thin line, and as stairs what each step of the sampler holds of it from its start. The taller a
 * stair, the more the step costs.
 */
export function mmseCurvePlot(snr: readonly number[], mmse: readonly number[], width = 640): Drawn<SVGElement> {
  const least = rounding * mmse.reduce((largest, value) => Math.max(largest, value), 0);
  const points = snr.map((x, k) => ({ snr: x, mmse: mmse[k] })).filter((point) => point.mmse > least && point.snr > 0);
  const axis = (values: number[]) => {
    const [low, high] = domainOf(values.map(Math.log)).map(Math.exp);
    return { domain: [low, high], ticks: logTicks(low, high, width / 80) };
  };
  const x = axis(points.map((point) => point.snr));
  const y = axis(points.map((point) => point.mmse));
  return draw(
    {
      id: "mmse",
      title: "Denoising error of the exact denoiser over the signal-to-noise ratio",
      description: `${points.length} grid points, from ${formatNumber(points[0]?.mmse ?? 0)} to ${formatNumber(points.at(-1)?.mmse ?? 0)}.`,
    },
    {
      width,
      height: 300,
      marginLeft: 74,
      marginBottom: 42,
      x: { type: "log", domain: x.domain },
      y: { type: "log", domain: y.domain },
      marks: [
        Plot.axisX({ label: "snr = α² / σ²", labelAnchor: "center", ticks: x.ticks, tickFormat: formatTick }),
        Plot.axisY({ label: "mmse, squared units of the network's space", ticks: y.ticks, tickFormat: formatTick }),
        Plot.gridY({ ticks: y.ticks, strokeOpacity: 0.12 }),
        Plot.lineY(points, { x: "snr", y: "mmse", stroke: "currentColor", strokeOpacity: 0.6, strokeWidth: 1 }),
        Plot.lineY(points, { x: "snr", y: "mmse", curve: "step-after", stroke: "var(--reference)", strokeWidth: 1.25 }),
      ],
    },
  );
}
