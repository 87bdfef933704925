import { advised, invalidData } from "../../data/formats/invalid.js";
import { requireText, requireTyped } from "../../errors.js";
import { type TableText, tableText } from "./dialect.js";
import { original } from "./formula.js";
import { uniqueNames } from "./header.js";
import { readRecords, type TableRecord } from "./records.js";
import type { TableDialect } from "./table-dialect.js";
import { decodeText } from "./text.js";

/** A file with its header read. */
export interface OpenTable extends Pick<TableText, "text" | "before" | "after" | "dialect"> {
  /** What the header says. */
  readonly titles: readonly string[];
  /** The titles, made unique. */
  readonly names: readonly string[];
  /** Visits the rows below the header until `visit` says false. @throws FedscoreError FEDSCORE_INVALID_DATA for rows of another length. */
  forEachRow(visit: (cells: readonly string[], line: number, record: TableRecord) => boolean): void;
}

/** @throws FedscoreError FEDSCORE_INVALID_DATA for a file that is no text or has no header. */
export function openTable(bytes: Uint8Array, source: string, delimiter?: string): OpenTable {
  requireTyped("bytes", bytes, Uint8Array);
  requireText("source", source);
  const { line: first, ...file } = tableText(decodeText(bytes, source), delimiter);
  const { text, dialect } = file;
  const titles: string[] = [];
  readRecords(
    text,
    dialect,
    ({ cells, line, fault }) => {
      if (fault !== undefined) throw badQuotes(source, line, fault);
      titles.push(...cells.map(original));
      return false;
    },
    first,
  );
  if (titles.length === 0) throw invalidData(source, "line 1", "a header that names the columns", "nothing");
  return {
    ...file,
    titles,
    names: uniqueNames(titles),
    forEachRow(visit) {
      let isHeader = true;
      readRecords(
        text,
        dialect,
        (record) => {
          const { cells, line, fault } = record;
          if (fault !== undefined) throw badQuotes(source, line, fault);
          if (isHeader) {
            isHeader = false;
            return true;
          }
          const isBlank = titles.length > 1 && cells.length === 1 && cells[0] === "";
          if (isBlank) return true;
          if (cells.length !== titles.length) throw badLength(source, line, cells, titles, dialect);
          return visit(cells, line, record);
        },
        first,
      );
    },
  };
}

function badQuotes(source: string, line: number, fault: string) {
  return invalidData(source, `line ${line}`, "cells whose quotes are closed, with quotes in them doubled", fault);
}

function badLength(
  source: string,
  line: number,
  cells: readonly string[],
  titles: readonly string[],
  { delimiter }: TableDialect,
) {
  const expected = `${titles.length} cells, as in the header`;
  const error = invalidData(source, `line ${line}`, expected, cells.length);
  const parted = JSON.stringify(delimiter);
  return advised(error, `cells are parted by ${parted}: quote those that have it in them, or set another delimiter`);
}
