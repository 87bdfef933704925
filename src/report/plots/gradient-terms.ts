import * as Plot from "@observablehq/plot";
import { type GradientTerm, gradientTerms } from "../../theory/apriori/gradient-terms.js";
import type { Drawn } from "../elements.js";
import { formatNumber, formatTick } from "../format.js";
import type { Gradient } from "../parts.js";
import { domainOf, draw } from "./plot.js";

const gradientColors: Readonly<Record<GradientTerm, string>> = {
  optimization: "var(--federated)",
  variance: "var(--reference)",
  pruning: "var(--series-4)",
  drift: "var(--series-3)",
  heterogeneity: "var(--series-7)",
  uncovered: "var(--warning)",
};

interface TermPoint {
  readonly term: GradientTerm;
  readonly round: number;
  readonly value: number;
}

/**
 * Terms of the gradient inequality over the rounds on a logarithmic axis: dashed the bound, which is one number for the run, dots and
 * lines what was measured at the probed rounds; black the squared gradient that they bound.
 */
export function gradientTermsPlot({ terms, perProbe, measured }: Gradient, width = 720): Drawn<SVGElement> {
  const points = perProbe.flatMap(({ round, measured: each }) =>
    gradientTerms.flatMap((term): TermPoint[] => {
      const value = each[term];
      return value !== null && value > 0 ? [{ term, round, value }] : [];
    }),
  );
  const gradient = perProbe.flatMap(({ round, gradientSquared: value }) => (value === null ? [] : [{ round, value }]));
  const bounds = gradientTerms.flatMap((term) => {
    const { value } = terms[term];
    return value !== null && value > 0 ? [{ term, value }] : [];
  });
  const size = measured === null ? "not measured" : formatNumber(measured);
  const limits = bounds.map(({ term, value }) => `${term} ${formatNumber(value)}`);
  const all = [...points, ...gradient, ...bounds].map(({ value }) => value).filter((value) => value > 0);
  const domain = domainOf(all.map(Math.log)).map(Math.exp);
  const stroke = ({ term }: Pick<TermPoint, "term">) => gradientColors[term];
  return draw(
    {
      id: "gradient-terms",
      title: "Terms of the gradient bound over the rounds",
      description: `Mean squared gradient ${size}; bounds: ${limits.join(", ") || "none"}.`,
    },
    {
      width,
      height: 360,
      marginLeft: 66,
      marginRight: 92,
      marginBottom: 42,
      y: { type: "log", domain },
      marks: [
        Plot.axisX({ label: "round", labelAnchor: "center", ticks: width / 120 }),
        Plot.axisY({ label: "squared gradient of the training loss", ticks: 6, tickFormat: formatTick }),
        Plot.gridY({ ticks: 6, strokeOpacity: 0.12 }),
        Plot.ruleY(bounds, { y: "value", stroke, strokeDasharray: "6 4", strokeWidth: 1.5 }),
        Plot.text(bounds, {
          y: "value",
          frameAnchor: "right",
          dx: 6,
          textAnchor: "start",
          text: ({ term }: Pick<TermPoint, "term">) => term,
          fill: stroke,
        }),
        Plot.lineY(points, { x: "round", y: "value", z: "term", stroke }),
        Plot.dot(points, { x: "round", y: "value", r: 2.5, fill: stroke }),
        Plot.lineY(gradient, { x: "round", y: "value", strokeWidth: 2 }),
      ],
    },
  );
}
