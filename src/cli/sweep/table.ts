import type { SweepResult } from "../../experiment/sweep/result.js";
import { failedPoints, groupBy, type SweepFit, seedMean } from "../../experiment/sweep/summary.js";
import { number } from "../print.js";

/** A sweep's means over the seeds and its slopes, as aligned text. */
export function formatSweep(result: SweepResult): string {
  const { config, rows, fits } = result;
  const axes = config.axes.map(({ name }) => name);
  const measures = config.measures.map(({ name }) => name);
  const lines = groupBy(rows, axes).map(({ at, rows: group }) => [
    ...axes.map((axis) => (typeof at[axis] === "number" ? number(at[axis]) : at[axis])),
    ...measures.map((measure) => {
      const values = group.map((row) => row.measures[measure]).filter((value) => value !== null);
      const mean = seedMean(values, config.confidence);
      const failed = group.filter(({ failed, measures }) => failed && measures[measure] === null).length;
      if (!mean) return failed > 0 ? "failed" : "-";
      const reach = mean.high === null || mean.high === mean.mean ? "" : ` ±${(mean.high - mean.mean).toPrecision(2)}`;
      return `${number(mean.mean)}${reach}${failed > 0 ? ` (${failed} of ${group.length} failed)` : ""}`;
    }),
  ]);
  const failures = failedPoints(rows).map(({ point, reason }) => `failed: ${point}: ${reason}\n`);
  const slopes = fits.map((fit) => `${fitWords(fit)}\n`).join("");
  const parts = [columns([[...axes, ...measures], ...lines]), slopes, failures.join("")];
  return [`${result.title}\n`, ...parts.filter((part) => part !== "")].join("\n");
}

/** "certificate ~ dimension^1.002 [0.998, 1.006] (grid karras; theory: 1)". */
export function fitWords({ x, y, at, slope, low, high, expected }: SweepFit): string {
  const interval = low === null || high === null ? "" : ` [${low.toFixed(3)}, ${high.toFixed(3)}]`;
  const notes = [...Object.values(at).map(String), ...(expected === undefined ? [] : [`theory: ${expected}`])];
  return `${y} ~ ${x}^${slope.toFixed(3)}${interval}${notes.length > 0 ? `  (${notes.join("; ")})` : ""}`;
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
