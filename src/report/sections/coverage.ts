import type { ExperimentResult } from "../../experiment/result/schema.js";
import { type Drawn, figure, h, numeral, panel, table } from "../elements.js";
import { formatInteger, plural } from "../format.js";
import type { RoundCoverage } from "../parts.js";
import { coverageHistogramPlot } from "../plots/coverage-histogram.js";
import { coverageCells, coverageRoundsPlot } from "../plots/coverage-rounds.js";
import { fitted } from "../plots/fitted.js";
import type { Section } from "./section.js";

/** 0 ... most clients, as a shade. */
function shadeScale(most: number, uncovered: boolean): Drawn {
  const ramp = h("span", { class: "ramp" });
  const nobody = h("span", { class: "key", style: "--key: var(--warning)" }, "no client");
  const label = h("span", { class: "scale" }, "0 ", ramp, ` ${plural(most, "client")}`);
  return h("p", { class: "label" }, label, ...(uncovered ? [nobody] : []));
}

/** @param most clients that any parameter had in a round: the end of the shades, as of the histogram below. */
function overRounds(rounds: readonly RoundCoverage[], layers: readonly string[], most: number): Drawn<Node>[] {
  const cells = coverageCells(rounds, layers);
  const plots = (["mean", "min"] as const).map((statistic) =>
    panel(
      statistic === "mean" ? "Mean over the layer’s parameters" : "Least covered parameter of the layer",
      fitted((width) => coverageRoundsPlot(cells, layers, statistic, most, width)),
    ),
  );
  return [
    figure(
      "Γ, how many clients keep a parameter, by layer and round: where it is low, few clients decide the parameter’s update.",
      shadeScale(
        most,
        cells.some(({ min }) => min === 0),
      ),
      ...plots,
    ),
  ];
}

function mostCovered({ coverage: { histogram } }: ExperimentResult): number {
  return Math.max(
    1,
    histogram.findLastIndex((share) => share > 0),
  );
}

function layerRows(rounds: readonly RoundCoverage[], layers: readonly string[]) {
  return layers.map((name, layer) => {
    const mean = rounds.reduce((sum, round) => sum + round[layer].mean, 0) / rounds.length;
    const min = rounds.reduce((least, round) => Math.min(least, round[layer].min), Number.POSITIVE_INFINITY);
    return [name, numeral(mean), numeral(min, formatInteger(min))];
  });
}

function histogram({ coverage }: ExperimentResult): Drawn<Node>[] {
  if (coverage.histogram.length === 0) return [];
  const never = coverage.neverCovered;
  const warning =
    never > 0 ? ` ${formatInteger(never)} parameters were never covered and keep their initial values.` : "";
  return [
    figure(
      `How often a parameter had how many clients; the smallest, Γ* = ${formatInteger(coverage.min)}, enters the convergence bound.${warning}`,
      fitted((width) => coverageHistogramPlot(coverage.histogram, width)),
    ),
  ];
}

/** Coverage per layer over rounds, and its histogram. */
export const coverageSection: Section = {
  id: "coverage",
  title: "Coverage",
  render(result) {
    const { training, coverage } = result;
    const rounds = training.perRound.map((round) => round.coverage).filter((layers) => layers.length > 0);
    const count = rounds[0]?.length ?? 0;
    const layers = Array.from({ length: count }, (_, layer) => coverage.layers[layer] ?? `layer ${layer}`);
    if (count === 0) return histogram(result);
    return [
      ...overRounds(rounds, layers, mostCovered(result)),
      ...histogram(result),
      table("Coverage over all rounds", ["layer", "mean Γ", "least Γ"], layerRows(rounds, layers)),
    ];
  },
};
