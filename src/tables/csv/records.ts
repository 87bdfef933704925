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

/** Characters of a record that is given up: nobody closed its quotes. */
const longest = 2 ** 27;

/** What a step of PapaParse's parser gives. */
interface ParsedStep {
  readonly data: readonly (readonly string[])[];
  readonly errors: readonly { readonly type: string; readonly message: string }[];
  readonly meta: { readonly cursor: number };
}

/**
 * Cuts a text that comes in pieces into its records. Of the text it keeps what no record has ended in. PapaParse's `Papa.parse` takes a byte order mark from each piece and keeps its rows;
 * its parser does neither.
 */
export class RecordCutter {
  readonly #config: Pick<Papa.ParseConfig, "delimiter" | "newline">;
  readonly #visit: (record: TableRecord) => boolean;
  #pending = "";
  /** Characters from which on it is worth looking for the end of the pending record again. */
  #due = 0;
  #line: number;
  /** Of the pending text's first character. */
  #from = 0;
  #goesOn = true;

  /**
   * @param visit is told each record, until it says false.
   * @param first line that the text begins in.
   */
  constructor(
    { delimiter, lineEnd }: Pick<TableDialect, "delimiter" | "lineEnd">,
    visit: (record: TableRecord) => boolean,
    first = 1,
  ) {
    this.#config = { delimiter, newline: lineEnd };
    this.#visit = visit;
    this.#line = first;
  }

  /** Takes more text. @returns whether records are still wanted. */
  push(text: string): boolean {
    this.#pending += text;
    if (this.#pending.length < this.#due) return this.#goesOn;
    const { length } = this.#pending;
    this.#cut(true);
    this.#due = this.#pending.length < length ? 0 : 2 * length;
    if (this.#goesOn && this.#pending.length > longest)
      this.#give([], this.#from + length, "a quoted cell without end");
    return this.#goesOn;
  }

  /** The text ends: what is pending is the last record. */
  end(): void {
    this.#cut(true);
    if (this.#goesOn && this.#pending !== "") this.#cut(false);
  }

  #cut(isOpen: boolean): void {
    const begin = this.#from;
    const mayBreak = this.#pending.includes('"');
    const step = ({ data: [cells], errors, meta }: ParsedStep): void => {
      if (!this.#goesOn) return;
      this.#give(cells, begin + meta.cursor, errors.find(({ type }) => type === "Quotes")?.message);
      if (mayBreak) this.#line += lineEndsIn(cells);
      if (!this.#goesOn) parser.abort();
    };
    const parser = new Papa.Parser({ ...this.#config, step: step as unknown as NonNullable<Papa.ParseConfig["step"]> });
    parser.parse(this.#pending, 0, isOpen);
    this.#pending = this.#pending.slice(this.#from - begin);
  }

  #give(cells: readonly string[], to: number, fault: string | undefined): void {
    this.#goesOn = this.#visit({ cells, line: this.#line, from: this.#from, to, fault });
    this.#line++;
    this.#from = to;
  }
}

function lineEndsIn(cells: readonly string[]): number {
  let count = 0;
  for (const cell of cells) if (/[\r\n]/.test(cell)) count += cell.match(/\r\n|\r|\n/g)?.length ?? 0;
  return count;
}
