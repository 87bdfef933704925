import type { TableDialect } from "./table-dialect.js";

/** Whether a cell stands in quotes in any dialect: so that blanks at its ends stay, and a row of one empty cell is no blank line. */
export function mustQuote(cell: string, delimiter: string, isAlone: boolean): boolean {
  return cell.includes(delimiter) || /["\r\n]|^\s|\s$/.test(cell) || (isAlone && cell === "");
}

export function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}

/** A row as a line, without its end. */
export function lineOf(
  cells: readonly string[],
  { delimiter, quoteAll }: Pick<TableDialect, "delimiter" | "quoteAll">,
): string {
  const isAlone = cells.length === 1;
  const written = cells.map((cell) => (quoteAll || mustQuote(cell, delimiter, isAlone) ? quoted(cell) : cell));
  return written.join(delimiter);
}
