import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatInteger, formatNumber } from "../format.js";
import type { RoundCoverage } from "../parts.js";
import { wholeTicks } from "./loss.js";
import { draw, shade } from "./plot.js";

const mostColumns = 96;

/** Gamma of one layer over a run of consecutive rounds. */
export interface CoverageCell {
  readonly layer: string;
  readonly mean: number;
  readonly min: number;
  /** 1-based, both ends included. */
  readonly first: number;
  readonly last: number;
}

/** Rounds joined into at most 96 columns: the mean of the means, the least of the minima. coverage: [round][layer]. */
export function coverageCells(coverage: readonly RoundCoverage[], layers: readonly string[]): CoverageCell[] {
  const columns = Math.min(mostColumns, coverage.length);
  const edge = (column: number) => Math.floor((column * coverage.length) / columns);
  return Array.from({ length: columns }, (_, column) => {
    const rounds = coverage.slice(edge(column), edge(column + 1));
    return layers.map((layer, l) => ({
      layer,
      first: edge(column) + 1,
      last: edge(column + 1),
      mean: rounds.reduce((sum, round) => sum + round[l].mean, 0) / rounds.length,
      min: rounds.reduce((least, round) => Math.min(least, round[l].min), Number.POSITIVE_INFINITY),
    }));
  }).flat();
}

/** Heat map layer x round of the mean or least Gamma, on a shade scale from 0 to `most` clients. */
export function coverageRoundsPlot(
  cells: readonly CoverageCell[],
  layers: readonly string[],
  statistic: "mean" | "min",
  most: number,
  width = 520,
): Drawn<SVGElement> {
  const rounds = cells[cells.length - 1].last;
  const values = cells.map((cell) => cell[statistic]);
  const longest = layers.reduce((length, layer) => Math.max(length, layer.length), 0);
  return draw(
    {
      id: `coverage-${statistic}`,
      title: statistic === "mean" ? "Mean coverage per layer over rounds" : "Least coverage per layer over rounds",
      description: `${formatInteger(layers.length)} layers, ${formatInteger(rounds)} rounds, from ${formatNumber(Math.min(...values))} to ${formatNumber(Math.max(...values))} clients.`,
    },
    {
      width,
      height: 56 + 26 * layers.length,
      marginLeft: 16 + 7 * longest,
      marginBottom: 38,
      marginTop: 6,
      x: { domain: [0.5, rounds + 0.5] },
      y: { domain: layers, label: null },
      opacity: { type: "identity" },
      marks: [
        Plot.barX(cells, {
          x1: (cell: CoverageCell) => cell.first - 0.5,
          x2: (cell: CoverageCell) => cell.last + 0.5,
          y: "layer",
          fill: "var(--federated)",
          fillOpacity: (cell: CoverageCell) => shade(cell[statistic], most),
          insetTop: 1,
          insetBottom: 1,
        }),
        Plot.barX(
          cells.filter((cell) => cell[statistic] === 0),
          {
            x1: (cell: CoverageCell) => cell.first - 0.5,
            x2: (cell: CoverageCell) => cell.last + 0.5,
            y: "layer",
            fill: "var(--warning)",
            insetTop: 1,
            insetBottom: 1,
          },
        ),
        Plot.axisX({ ticks: wholeTicks(rounds, 5), tickFormat: formatInteger, label: "round" }),
        Plot.axisY({ tickSize: 0 }),
      ],
    },
  );
}
