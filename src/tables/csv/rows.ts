import { advised, invalidData } from "../../data/formats/invalid.js";
import type { CsvLayout } from "./layout.js";
import { RecordCutter, type TableRecord } from "./records.js";

/** Is told a row: its cells, the line that it begins in, and the record that it is. Says whether more are wanted. */
export type VisitRow = (cells: readonly string[], line: number, record: TableRecord) => boolean;

/** Visits the rows below the header of a text that comes in pieces; blank lines are none, where there are several columns. */
export class CsvRows {
  readonly #decoder: TextDecoder;
  readonly #cutter: RecordCutter;
  /** Characters before the header that are still to come. */
  #before: number;

  /** @throws from `visit`, and FedscoreError FEDSCORE_INVALID_DATA for rows of another length than the header's. */
  constructor({ dialect, before, titles }: CsvLayout, source: string, visit: VisitRow) {
    this.#decoder = new TextDecoder(dialect.encoding);
    this.#before = before.length;
    let isHeader = true;
    this.#cutter = new RecordCutter(
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
        if (cells.length !== titles.length)
          throw badLength(source, line, cells.length, titles.length, dialect.delimiter);
        return visit(cells, line, record);
      },
      before === "" ? 1 : 2,
    );
  }

  /** @returns whether more rows are wanted. */
  add(piece: Uint8Array): boolean {
    return this.addText(this.#decoder.decode(piece, { stream: true }));
  }

  addText(text: string): boolean {
    const left = text.slice(this.#before);
    this.#before -= text.length - left.length;
    return this.#cutter.push(left);
  }

  end(): void {
    this.#cutter.push(this.#decoder.decode());
    this.#cutter.end();
  }
}

function badQuotes(source: string, line: number, fault: string) {
  return invalidData(source, `line ${line}`, "cells whose quotes are closed, with quotes in them doubled", fault);
}

function badLength(source: string, line: number, found: number, wanted: number, delimiter: string) {
  const error = invalidData(source, `line ${line}`, `${wanted} cells, as in the header`, found);
  const parted = JSON.stringify(delimiter);
  return advised(error, `cells are parted by ${parted}: quote those that have it in them, or set another delimiter`);
}
