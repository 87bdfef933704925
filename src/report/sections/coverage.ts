import { figure, h, numeral, panel, table } from "../elements.js";
import { formatInteger, plural } from "../format.js";
import type { LayerCoverage, ReportInput } from "../input.js";
import { coverageHistogramPlot } from "../plots/coverage-histogram.js";
import { coverageCells, coverageRoundsPlot } from "../plots/coverage-rounds.js";
import type { Section } from "./section.js";

/** 0 ... most clients, as a shade. */
function shadeScale(document: Document, most: number, uncovered: boolean): HTMLElement {
  const ramp = h(document, "span", { class: "ramp" });
  const nobody = h(document, "span", { class: "key", style: "--key: var(--warning)" }, "no client");
  const label = h(document, "span", { class: "scale" }, "0 ", ramp, ` ${plural(most, "client")}`);
  return h(document, "p", { class: "label" }, label, ...(uncovered ? [nobody] : []));
}

function overRounds(
  document: Document,
  rounds: readonly (readonly LayerCoverage[])[],
  layers: readonly string[],
): Node[] {
  const most = Math.ceil(rounds.flat().reduce((largest, { mean, min }) => Math.max(largest, mean, min), 0));
  const cells = coverageCells(rounds, layers);
  const plots = (["mean", "min"] as const).map((statistic) =>
    panel(
      document,
      statistic === "mean" ? "Mean over the layer’s parameters" : "Least covered parameter of the layer",
      coverageRoundsPlot(document, cells, layers, statistic, most),
    ),
  );
  return [
    figure(
      document,
      "Γ, how many clients keep a parameter, by layer and round: where it is low, few clients decide the parameter’s update.",
      shadeScale(
        document,
        most,
        cells.some(({ min }) => min === 0),
      ),
      ...plots,
    ),
  ];
}

function layerRows(document: Document, rounds: readonly (readonly LayerCoverage[])[], layers: readonly string[]) {
  return layers.map((name, layer) => {
    const mean = rounds.reduce((sum, round) => sum + round[layer].mean, 0) / rounds.length;
    const min = rounds.reduce((least, round) => Math.min(least, round[layer].min), Number.POSITIVE_INFINITY);
    return [name, numeral(document, mean), numeral(document, min, formatInteger(min))];
  });
}

function histogram(document: Document, { coverage }: ReportInput): Node[] {
  if (coverage.histogram.length === 0) return [];
  const never = coverage.neverCovered ?? 0;
  const warning =
    never > 0 ? ` ${formatInteger(never)} parameters were never covered and keep their initial values.` : "";
  return [
    figure(
      document,
      `How often a parameter had how many clients; the smallest, Γ* = ${formatInteger(coverage.min)}, enters the convergence bound.${warning}`,
      coverageHistogramPlot(document, coverage.histogram),
    ),
  ];
}

/** Coverage per layer over rounds, and its histogram. */
export const coverageSection: Section = {
  id: "coverage",
  title: "Coverage",
  render(document, input) {
    const rounds = input.training.perRound.map(({ coverage }) => coverage).filter((layers) => layers.length > 0);
    const count = rounds[0]?.length ?? 0;
    const layers = Array.from({ length: count }, (_, layer) => input.coverage.layers?.[layer] ?? `layer ${layer}`);
    if (count === 0) return histogram(document, input);
    return [
      ...overRounds(document, rounds, layers),
      ...histogram(document, input),
      table(document, "Coverage over all rounds", ["layer", "mean Γ", "least Γ"], layerRows(document, rounds, layers)),
    ];
  },
};
