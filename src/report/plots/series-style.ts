import type * as Plot from "@observablehq/plot";

/** Colours of lines, told apart by hue and lightness; the page's own where they are defined, else these. */
const seriesColors = [
  "var(--federated, #1f6fb2)",
  "var(--reference, #c7681c)",
  "var(--series-3, #2e8b57)",
  "var(--series-4, #9a4fb0)",
  "var(--warning, #b3261e)",
  "var(--data, #7c8791)",
  "var(--series-7, #0f8f9b)",
  "var(--series-8, #8a6d1a)",
] as const;

/** Symbols of their points. */
export const seriesSymbols: readonly Plot.SymbolType[] = [
  "circle",
  "square2",
  "triangle2",
  "diamond2",
  "star",
  "cross",
  "times",
  "wye",
];

/** Of the series at an index: after the last one comes the first again. */
export function seriesColor(index: number): string {
  return seriesColors[index % seriesColors.length];
}
