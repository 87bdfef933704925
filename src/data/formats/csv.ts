import { type FedscoreError, requireText, requireTyped } from "../../errors.js";
import { type Filled, filledSettings, type Given } from "../../family.js";
import { choice, column, optional, text } from "../../fields.js";
import type { Dataset } from "../dataset.js";
import { roundedRows } from "../exact.js";
import { adviceFor, delimiterAdvice, parseText, set } from "./csv-advice.js";
import { CsvFields } from "./csv-fields.js";
import { parseDecimal } from "./decimal.js";
import { type DataFile, dataFormat } from "./format.js";
import { advised, invalidData } from "./invalid.js";

const fields = {
  header: choice(
    [true, false, "auto"],
    "auto",
    "Whether the first row names the columns; auto: it does where none of its fields is a number.",
  ),
  delimiter: text(
    /^[^"\r\n\u0080-\uffff]$/,
    "must be one ASCII character other than a quote or a line end",
    ",",
    "Character between two fields.",
  ),
  decimal: choice([".", ","], ".", "Character before the fraction of a number."),
  labelColumn: column(
    optional,
    "Column that holds the class, by name or number from 0; it is not part of the point. Default: none.",
  ),
};

/** How a CSV file is written; see `readCsv`. */
export type CsvOptions = Given<typeof fields>;

type CsvSettings = Filled<typeof fields>;

/** The rows of a CSV file as numbers. */
export interface CsvTable {
  /** float32 [rows, dimension], in file order. */
  readonly points: Float32Array;
  readonly dimension: number;
  /** Names of the dimensions, where the file has a header. */
  readonly columns?: readonly string[] | undefined;
  /** One class per row, where a label column was named. */
  readonly labels?: Int32Array | undefined;
  /** classes[label] is what the file says, sorted; absent where the labels of the file are integers in [0, 2^31). */
  readonly classes?: readonly string[] | undefined;
}

/** Rows of a table of numbers. */
export const csv = dataFormat({
  kind: "csv",
  source: "RFC 4180",
  text: "Rows of a text file of numbers, fields in quotes or not.",
  extensions: [".csv", ".tsv", ".txt"],
  fields,
  async create(settings, file) {
    const { points, dimension, exact, labels } = readTable(file, settings);
    return { points, dimension, ...(exact && { exact }), ...(labels && { labels }) };
  },
});

/**
 * Reads a table of numbers (RFC 4180: quoted fields, LF or CRLF; blank lines at the end are ignored). All rows have the
 * same number of fields. `source` names the file in errors. Throws FEDSCORE_INVALID_DATA with the line and the column.
 */
export function readCsv(bytes: Uint8Array, source: string, options: CsvOptions = {}): CsvTable {
  requireTyped("bytes", bytes, Uint8Array);
  requireText("source", source);
  const { exact: _, ...table } = readTable({ bytes, source }, filledSettings(fields, "csv", options));
  return table;
}

function readTable({ bytes, source }: DataFile, settings: CsvSettings): CsvTable & Pick<Dataset, "exact"> {
  const open = () => new CsvFields(bytes, source, settings.delimiter);
  const point = settings.decimal.charCodeAt(0);
  let fields = open();
  if (fields.atEnd()) throw invalidData(source, "line 1", "a row of fields", "an empty file");
  const first = readTexts(fields);
  const header =
    settings.header === "auto" ? first.every((field) => Number.isNaN(parseText(field, settings))) : settings.header;
  if (!header) fields = open();
  const label = labelColumn(first, header, settings.labelColumn, source);
  const dimension = first.length - (label < 0 ? 0 : 1);
  if (dimension === 0) throw invalidData(source, "line 1", "a column of numbers beside the label", "none");

  let values = new Float64Array(dimension * Math.min(1024, Math.ceil(bytes.length / (2 * dimension))));
  let count = 0;
  const labels: string[] = [];
  while (!fields.atEnd()) {
    if (count === values.length) values = enlarge(values);
    for (let column = 0; column < first.length; column++) {
      fields.next();
      if (fields.endsRow !== (column === first.length - 1)) {
        const advice = delimiterAdvice([...first, fields.text()], settings);
        throw advised(wrongLength(fields, source, column + 1, first.length), advice);
      }
      if (column === label) {
        labels.push(requireLabel(fields, source));
        continue;
      }
      values[count] = parseDecimal(bytes, fields.begin, fields.end, point);
      if (!Number.isFinite(Math.fround(values[count++]))) {
        const name = header ? ` (${JSON.stringify(first[column])})` : "";
        const [place, found] = [`line ${fields.line}, column ${column}${name}`, fields.text()];
        const isFirst = !header && count <= dimension;
        const advice = adviceFor(found, settings) ?? (isFirst ? headerAdvice(found, settings) : undefined);
        throw advised(invalidData(source, place, "a finite float32 number", found), advice);
      }
    }
  }
  if (count === 0) throw invalidData(source, `line ${fields.line}`, "rows of numbers below it", "the end of the file");
  return {
    ...roundedRows(values.slice(0, count), dimension),
    dimension,
    ...(header ? { columns: first.filter((_, column) => column !== label) } : {}),
    ...(label < 0 ? {} : encodeLabels(labels)),
  };
}

function readTexts(fields: CsvFields): string[] {
  const texts: string[] = [];
  do {
    fields.next();
    texts.push(fields.text().trim());
  } while (!fields.endsRow);
  return texts;
}

/** A word in the first row may be the name of a column. */
function headerAdvice(field: string, settings: CsvSettings): string | undefined {
  return field !== "" && Number.isNaN(parseText(field, settings)) ? set("header", true) : undefined;
}

/** Index of the label column, -1 for none. */
function labelColumn(
  first: readonly string[],
  header: boolean,
  label: string | number | undefined,
  source: string,
): number {
  if (label === undefined) return -1;
  if (typeof label === "number") {
    if (Number.isInteger(label) && label >= 0 && label < first.length) return label;
    throw invalidData(source, "line 1", `a label column with index ${label}`, `${first.length} columns`);
  }
  const expected = `a header with exactly one column ${JSON.stringify(label)}`;
  if (!header) throw invalidData(source, "line 1", expected, "no header");
  const column = first.indexOf(label);
  if (column < 0 || first.lastIndexOf(label) !== column)
    throw invalidData(source, "line 1", expected, first.join(", "));
  return column;
}

function requireLabel(fields: CsvFields, source: string): string {
  const label = fields.text().trim();
  if (label === "") throw invalidData(source, `line ${fields.line}`, "a label", label);
  return label;
}

/** Integers stand for themselves; anything else is numbered in the order of its sorted texts. */
function encodeLabels(texts: readonly string[]): { labels: Int32Array; classes?: readonly string[] } {
  if (texts.every((text) => /^\d+$/.test(text) && Number(text) < 2 ** 31))
    return { labels: Int32Array.from(texts, Number) };
  const classes = [...new Set(texts)].sort();
  const numbers = new Map(classes.map((text, index) => [text, index]));
  return { labels: Int32Array.from(texts, (text) => numbers.get(text) ?? -1), classes };
}

function wrongLength(fields: CsvFields, source: string, read: number, expected: number): FedscoreError {
  const line = fields.line;
  let found = read;
  while (!fields.endsRow) {
    fields.next();
    found++;
  }
  return invalidData(source, `line ${line}`, `${expected} fields`, found);
}

function enlarge(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2);
  larger.set(values);
  return larger;
}
