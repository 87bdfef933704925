import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatNumber, formatTick } from "../format.js";
import type { Certificate } from "../parts.js";
import { draw } from "./plot.js";

/** Colours of the terms of a bound on KL, by name. */
export const termColors: Readonly<Record<string, string>> = {
  initialization: "var(--data)",
  score: "var(--federated)",
  covariance: "var(--series-4)",
  discretization: "var(--reference)",
  density: "var(--federated)",
  stray: "var(--reference)",
};

export interface BoundPart {
  readonly name: string;
  readonly value: number;
}

/** The terms in the order they are stacked; Girsanov sums have a cross term, which is what the terms leave of the value. */
export function partsOf({ terms, value }: Certificate): BoundPart[] {
  const parts = Object.entries(terms).map(([name, term]) => ({ name, value: Math.max(0, term.value) }));
  const rest = (value ?? 0) - parts.reduce((sum, part) => sum + part.value, 0);
  return rest > 1e-3 * (value ?? 0) ? [...parts, { name: "cross term", value: rest }] : parts;
}

/** One stacked bar of the terms, with a rule at the upper confidence end: the certificate. */
export function certificateTermsPlot(certificate: Certificate, upper: number, width = 640): Drawn<SVGElement> {
  const parts = partsOf(certificate);
  return draw(
    {
      id: "certificate-terms",
      title: "Terms of the certificate",
      description: `${parts.map(({ name, value }) => `${name} ${formatNumber(value)}`).join(", ")}; upper end ${formatNumber(upper)} nats.`,
    },
    {
      width,
      height: 118,
      marginLeft: 12,
      marginRight: 24,
      marginTop: 26,
      marginBottom: 42,
      x: { domain: [0, Math.max(upper, ...[certificate.value ?? 0]) * 1.05] },
      marks: [
        Plot.barX(
          parts,
          Plot.stackX({
            x: "value",
            fill: ({ name }: BoundPart) => termColors[name] ?? "var(--warning)",
            fillOpacity: 0.8,
            insetTop: 6,
            insetBottom: 6,
          }),
        ),
        Plot.ruleX([upper], { strokeWidth: 2 }),
        Plot.text([upper], {
          x: (value: number) => value,
          frameAnchor: "top",
          dy: -16,
          dx: 4,
          textAnchor: "end",
          text: (value: number) => `upper end ${formatNumber(value)}`,
          fill: "currentColor",
        }),
        Plot.axisX({ label: "nats", labelAnchor: "center", ticks: width / 100, tickFormat: formatTick }),
      ],
    },
  );
}
