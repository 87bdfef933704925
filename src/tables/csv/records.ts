import Papa from "papaparse";
import type { TableDialect } from "./table-dialect.js";

/** A line of a table, or several where a cell has line ends in it. */
export interface TableRecord {
  readonly cells: readonly string[];
  /** The line that it begins in, from 1. */
  readonly line: number;
  /** Where its characters begin and end in the text, its line end included. */
  readonly from: number;
  readonly to: number;
  /** What is wrong with its quotes. */
  readonly fault?: string | undefined;
}

/** Visits the records of a text, one after the other, until `visit` says false. */
export function readRecords(
  text: string,
  { delimiter, lineEnd }: Pick<TableDialect, "delimiter" | "lineEnd">,
  visit: (record: TableRecord) => boolean,
  first = 1,
): void {
  let line = first;
  let from = 0;
  let goesOn = text !== "";
  if (!goesOn) return;
  Papa.parse<string[]>(text, {
    delimiter,
    newline: lineEnd,
    step({ data: cells, errors, meta: { cursor: to } }, parser) {
      if (!goesOn) return;
      const fault = errors.find(({ type }) => type === "Quotes")?.message;
      goesOn = visit({ cells, line, from, to, fault });
      if (!goesOn) parser.abort();
      line += 1 + lineEndsIn(cells);
      from = to;
    },
  });
}

function lineEndsIn(cells: readonly string[]): number {
  let count = 0;
  for (const cell of cells) if (/[\r\n]/.test(cell)) count += cell.match(/\r\n|\r|\n/g)?.length ?? 0;
  return count;
}
