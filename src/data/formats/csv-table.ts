import type { FedscoreError } from "../../errors.js";
import { roundedRows } from "../exact.js";
import { dialectAdvice } from "./csv-dialects.js";
import { CsvFields } from "./csv-fields.js";
import { judgeHeader } from "./csv-header.js";
import { encodeLabels, labelColumn } from "./csv-labels.js";
import { fieldAdvice } from "./csv-survey.js";
import { type Utf8Text, utf8Text } from "./csv-text.js";
import type { DataFile } from "./format.js";
import { advised, invalidData, requireHeld, set } from "./invalid.js";

/** How a table is written. */
export interface TableSettings {
  readonly header: boolean | "auto";
  readonly delimiter: string;
  readonly decimal: "." | ",";
  readonly labelColumn?: string | number | undefined;
}

/** What a table says. */
export interface Table {
  /** float32 [rows, dimension]. */
  readonly points: Float32Array;
  readonly dimension: number;
  /** See `Dataset.exact`. */
  readonly exact?: Float64Array;
  readonly columns?: readonly string[];
  readonly labels?: Int32Array;
  readonly classes?: readonly string[];
  /** How the file was understood, for people. */
  readonly reading: string;
}

/** Rows below the first that tell whether it is one of them. */
const comparedRows = 20;

/** The rows of a file. @throws FedscoreError FEDSCORE_INVALID_DATA. */
export function readTable({ bytes, source }: DataFile, settings: TableSettings): Table {
  return new TableReader(utf8Text(bytes, source), source, settings).read();
}

class TableReader {
  readonly #text: Utf8Text;
  readonly #source: string;
  readonly #settings: TableSettings;
  /** Texts of the first row. */
  readonly #first: readonly string[];
  readonly #firstLine: number;
  readonly #header: boolean;
  /** Number of the column of classes, -1 for none. */
  readonly #label: number;
  /** Whether all rows end with a delimiter that nothing follows. */
  readonly #openEnded: boolean;

  constructor(text: Utf8Text, source: string, settings: TableSettings) {
    this.#text = text;
    this.#source = source;
    this.#settings = settings;
    this.#requireSeparator();
    const fields = this.#open();
    if (!fields.nextRow()) throw invalidData(source, "line 1", "a row of fields", "an empty file");
    this.#first = readTexts(fields);
    this.#firstLine = fields.line;
    this.#header = this.#hasHeader();
    const place = `line ${this.#firstLine}`;
    this.#label = labelColumn(this.#first, this.#header, settings.labelColumn, source, place, () =>
      this.#otherDialect(),
    );
    const second = fields.nextRow() ? readTexts(fields) : this.#first;
    const last = this.#first.length - 1;
    this.#openEnded = [this.#first, second].every((row) => last > 0 && row.length === last + 1 && row[last] === "");
    if (this.#dimension === 0) throw invalidData(source, place, "a column of numbers beside the label", "none");
  }

  /** A first line "sep=;" is for Excel; what it says must be what is set. */
  #requireSeparator(): void {
    const { separator } = this.#text;
    const { delimiter } = this.#settings;
    if (separator === undefined || separator === delimiter) return;
    const error = invalidData(this.#source, "line 1", `the delimiter ${JSON.stringify(delimiter)}`, `sep=${separator}`);
    throw advised(error, `${this.#otherDialect() ?? set({ delimiter: separator })}, or delete the line`);
  }

  /** Columns of the file that hold something. */
  get #width(): number {
    return this.#first.length - (this.#openEnded ? 1 : 0);
  }

  get #dimension(): number {
    return this.#width - (this.#label < 0 ? 0 : 1);
  }

  read(): Table {
    const { bytes, encoding } = this.#text;
    const dimension = this.#dimension;
    const point = this.#settings.decimal.charCodeAt(0);
    const fields = this.#rows();
    let values = new Float64Array(dimension * Math.min(1024, Math.ceil(bytes.length / (2 * dimension))));
    let count = 0;
    const labels: string[] = [];
    while (fields.nextRow()) {
      if (count === values.length) values = enlarge(values);
      for (let column = 0; column < this.#first.length; column++) {
        fields.next();
        if (fields.endsRow !== (column === this.#first.length - 1)) throw this.#wrongLength(fields, column + 1);
        if (column === this.#label) labels.push(requireLabel(fields, this.#source));
        else if (column === this.#width) this.#requireNothing(fields);
        else {
          values[count] = fields.number(point);
          if (!Number.isFinite(Math.fround(values[count++]))) throw this.#noNumber(fields, column);
        }
      }
    }
    if (count === 0)
      throw invalidData(this.#source, `line ${fields.line}`, "rows of numbers below it", "the end of the file");
    this.#refuseIndex(values, count);
    const columns = this.#first.slice(0, this.#width).filter((_, column) => column !== this.#label);
    const rows = values.slice(0, count);
    requireHeld(rows, dimension, this.#source, (at) => this.#columnPlace(this.#isBehindLabel(at) ? at + 1 : at));
    return {
      ...roundedRows(rows, dimension),
      dimension,
      ...(this.#header ? { columns } : {}),
      ...(this.#label < 0 ? {} : encodeLabels(labels)),
      reading: this.#reading(count / dimension, fields.commentLines, encoding),
    };
  }

  #open(): CsvFields {
    const { delimiter, labelColumn } = this.#settings;
    return new CsvFields(this.#text.bytes, this.#source, { delimiter, comments: labelColumn !== 0 });
  }

  /** The rows below the header. A class may begin with #, where it comes first. */
  #rows(): CsvFields {
    const fields = this.#open();
    if (this.#header) readTexts(fields);
    fields.comments = this.#label !== 0;
    return fields;
  }

  #hasHeader(): boolean {
    const { header, labelColumn, decimal } = this.#settings;
    if (header !== "auto") return header;
    if (typeof labelColumn === "string" && this.#first.includes(labelColumn)) return true;
    const label = typeof labelColumn === "number" ? labelColumn : -1;
    const verdict = judgeHeader(this.#first, { decimal, label, below: this.#below() });
    if (typeof verdict === "boolean") return verdict;
    const error = invalidData(
      this.#source,
      `line ${this.#firstLine}`,
      "names of columns, or numbers",
      this.#first.slice(0, 20).join(this.#settings.delimiter),
    );
    const advice = `${set({ header: true })} or to false: it may be ${verdict.doubt}`;
    throw advised(error, this.#otherDialect() ?? advice);
  }

  /** Texts of the rows that tell whether the first is like them. */
  #below(): string[][] {
    const fields = this.#open();
    const rows: string[][] = [];
    readTexts(fields);
    while (rows.length < comparedRows && fields.nextRow()) rows.push(readTexts(fields));
    return rows;
  }

  #otherDialect(): string | undefined {
    return dialectAdvice(this.#text.bytes, this.#settings);
  }

  #isBehindLabel(coordinate: number): boolean {
    return this.#label >= 0 && coordinate >= this.#label;
  }

  #columnPlace(column: number): string {
    return `column ${column}${this.#header ? ` (${shortened(this.#first[column])})` : ""}`;
  }

  #noNumber(fields: CsvFields, column: number): FedscoreError {
    const { decimal } = this.#settings;
    const found = fields.text();
    const place = `line ${fields.line}, ${this.#columnPlace(column)}`;
    const error = invalidData(this.#source, place, "a finite float32 number", found);
    const isFirst = !this.#header && fields.line === this.#firstLine;
    const columns = { width: this.#width, names: this.#header ? this.#first : undefined, column, label: this.#label };
    const advice = () =>
      isFirst && judgeHeader([found], { decimal, label: -1, below: [] }) === true
        ? set({ header: true })
        : fieldAdvice(this.#rows(), this.#first.length, decimal, found, columns);
    return advised(error, this.#otherDialect() ?? advice());
  }

  #wrongLength(fields: CsvFields, read: number): FedscoreError {
    const { line } = fields;
    const expected = this.#first.length;
    let found = read;
    while (!fields.endsRow) {
      fields.next();
      found++;
    }
    const error = invalidData(this.#source, `line ${line}`, `${expected} fields`, found);
    return advised(error, this.#otherDialect() ?? this.#lengthAdvice(found, fields.begin === fields.end));
  }

  #lengthAdvice(found: number, endsEmpty: boolean): string | undefined {
    if (found === 1 && endsEmpty) return "the line is blank: leave it out";
    if (found !== this.#first.length + 1 || !this.#header) return undefined;
    if (endsEmpty) return "rows end with a delimiter, the header does not: end all lines alike";
    return "rows have one field more than the header: leave names of rows out (row.names = FALSE in R)";
  }

  #requireNothing(fields: CsvFields): void {
    if (fields.begin === fields.end) return;
    const expected = "nothing behind the last delimiter, as in the rows above";
    throw invalidData(this.#source, `line ${fields.line}`, expected, fields.text());
  }

  /** A column without a name that counts the rows would be trained on as if it were data. */
  #refuseIndex(points: Float64Array, count: number): void {
    if (!this.#header || this.#label === 0 || !/^(?:|Unnamed: \d+)$/.test(this.#first[0])) return;
    const [start, rows] = [points[0], count / this.#dimension];
    if (rows < 2 || (start !== 0 && start !== 1)) return;
    for (let row = 1; row < rows; row++) if (points[row * this.#dimension] !== start + row) return;
    const place = `line ${this.#firstLine}, column 0`;
    const error = invalidData(this.#source, place, "a column of data", `numbers of the rows from ${start}`);
    const without = "write the file without them (index=False in pandas, row.names = FALSE in R)";
    throw advised(error, `${without}, or give the column a name where it is data`);
  }

  #reading(rows: number, commentLines: number, encoding: string | undefined): string {
    const { delimiter, decimal, header } = this.#settings;
    const taken = header === "auto" ? "taken for a header" : "is the header";
    const all = this.#first.slice(0, this.#width);
    const names = all.slice(0, 5).map(shortened).join(", ") + (all.length > 5 ? ", ..." : "");
    const { separator } = this.#text;
    return [
      ...(separator === undefined ? [] : [`line 1, ${JSON.stringify(`sep=${separator}`)}, left out`]),
      this.#header ? `line ${this.#firstLine} ${taken}: ${names}` : "no header",
      `delimiter ${JSON.stringify(delimiter)}`,
      ...(decimal === "," ? ["decimal comma"] : []),
      ...(this.#label < 0
        ? []
        : [`classes in column ${this.#header ? shortened(this.#first[this.#label]) : this.#label}`]),
      `${rows} rows of ${this.#dimension} numbers`,
      ...(commentLines > 0 ? [`${commentLines} ${commentLines === 1 ? "line" : "lines"} with # left out`] : []),
      ...(this.#openEnded ? ["delimiter at the end of each line left out"] : []),
      ...(encoding === undefined ? [] : [`read as ${encoding}`]),
    ].join("; ");
  }
}

function readTexts(fields: CsvFields): string[] {
  const texts: string[] = [];
  do {
    fields.next();
    texts.push(fields.text().trim());
  } while (!fields.endsRow);
  return texts;
}

function requireLabel(fields: CsvFields, source: string): string {
  const label = fields.text().trim();
  if (label === "") throw invalidData(source, `line ${fields.line}`, "a label", label);
  return label;
}

function shortened(name: string): string {
  return JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name);
}

function enlarge(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2);
  larger.set(values);
  return larger;
}
