import { bytesIn, formatGiven, formatNumber, plain } from "../report/format.js";
import { printable } from "./terminal.js";

/** A label and its value. */
export type Fact = readonly [label: string, value: string];

/** Facts in two columns. */
export function formatFacts(facts: readonly Fact[]): string {
  const shown = facts.map((fact) => fact.map((text) => printable(text).replaceAll("\n", "\\n")));
  const width = Math.max(...shown.map(([label]) => label.length));
  return shown.map(([label, value]) => `${label.padEnd(width)}  ${value}\n`).join("");
}

/** Four significant digits, without an exponent where that reads better. */
export function number(value: number): string {
  return formatNumber(value, 4, plain);
}

/** A number that a config or an option says: its own digits. */
export function given(value: number): string {
  return formatGiven(value, plain);
}

/** "12 B", "3.4 kB", "12 MB". */
export function formatBytes(bytes: number): string {
  return bytesIn(plain, bytes);
}

/** Rows of cells as lines whose columns stand below one another. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join("  ")
      .trimEnd(),
  );
}
