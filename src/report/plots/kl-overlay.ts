import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatNumber, formatTick } from "../format.js";
import { overlayColor } from "./loss-overlay.js";
import { draw } from "./plot.js";

/** What a run says of its KL divergence, nats; null where it says nothing. */
export interface KlEnds {
  readonly label: string;
  readonly lower: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly certificate: number | null;
}

/** Between which ends the KL divergence of several runs lies, one below the other on a logarithmic axis. */
export function klOverlayPlot(runs: readonly KlEnds[]): Drawn<SVGElement> {
  const known = runs.flatMap(({ lower, low, high, certificate }) => [lower, low, high, certificate]);
  const positive = known.filter((value) => value !== null && value > 0).map(Number);
  const left = positive.length > 0 ? Math.min(...positive) / 2 : 0.1;
  const right = positive.length > 0 ? Math.max(...positive) * 2 : 10;
  const longest = Math.max(...runs.map(({ label }) => label.length));
  const color = ({ label }: KlEnds) => overlayColor(runs.findIndex((each) => each.label === label));
  const at = (value: number | null) => Math.max(left, value ?? left);
  return draw(
    {
      id: "kl-overlay",
      title: "Bounds on the KL divergence of several runs",
      description: runs.map(wordsOf).join("; "),
    },
    {
      width: 560,
      height: 60 + 34 * runs.length,
      marginLeft: 14 + 7 * longest,
      marginRight: 20,
      marginTop: 6,
      marginBottom: 44,
      x: { type: "log", domain: [left, right] },
      y: { type: "point", domain: runs.map(({ label }) => label), label: null, padding: 0.6 },
      marks: [
        Plot.gridX({ ticks: 5, strokeOpacity: 0.12 }),
        Plot.ruleY(
          runs.filter(({ low, high }) => low !== null && high !== null),
          {
            y: "label",
            x1: ({ low }: KlEnds) => at(low),
            x2: ({ high }: KlEnds) => at(high),
            stroke: color,
            strokeWidth: 4,
          },
        ),
        Plot.dot(
          runs.filter(({ certificate }) => certificate !== null),
          { y: "label", x: "certificate", r: 5, symbol: "square", fill: color },
        ),
        Plot.dot(
          runs.filter(({ lower }) => lower !== null),
          { y: "label", x: ({ lower }: KlEnds) => at(lower), r: 5, symbol: "triangle", fill: color },
        ),
        Plot.axisX({ label: "KL, nats", labelAnchor: "center", ticks: 5, tickFormat: formatTick }),
        Plot.axisY({ tickSize: 0 }),
      ],
    },
  );
}

function wordsOf({ label, low, high, certificate }: KlEnds): string {
  const interval =
    low === null || high === null ? "no interval" : `${formatNumber(low, 2)} to ${formatNumber(high, 2)}`;
  return `${label}: ${interval}, ${certificate === null ? "no certificate" : `at most ${formatNumber(certificate, 2)}`} nats`;
}
