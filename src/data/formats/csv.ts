import { CsvFields } from "./csv-fields.js";
import { parseDecimal } from "./decimal.js";
import { invalidData } from "./invalid.js";

/** How a CSV file is written; see `readCsv`. */
export interface CsvOptions {
  /** Whether the first row names the columns. Default: it does when none of its fields is a number. */
  readonly header?: boolean | undefined;
  /** The column of classes, by name or 0-based index; it is left out of the points. */
  readonly label?: string | number | undefined;
  /** One ASCII character. Default ",". */
  readonly delimiter?: string | undefined;
}

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

/**
 * Reads a table of numbers (RFC 4180: quoted fields, LF or CRLF; blank lines at the end are ignored). All rows have the
 * same number of fields. `source` names the file in errors. Throws FEDSCORE_INVALID_DATA with the line and the column.
 */
export function readCsv(bytes: Uint8Array, source: string, options: CsvOptions = {}): CsvTable {
  const open = () => new CsvFields(bytes, source, options.delimiter ?? ",");
  let fields = open();
  if (fields.atEnd()) throw invalidData(source, "line 1", "a row of fields", "an empty file");
  const first = readTexts(fields);
  const header = options.header ?? first.every((field) => Number.isNaN(parseText(field)));
  if (!header) fields = open();
  const label = labelColumn(first, header, options.label, source);
  const dimension = first.length - (label < 0 ? 0 : 1);
  if (dimension === 0) throw invalidData(source, "line 1", "a column of numbers beside the label", "none");

  let points = new Float32Array(dimension * Math.min(1024, Math.ceil(bytes.length / (2 * dimension))));
  let count = 0;
  const labels: string[] = [];
  while (!fields.atEnd()) {
    if (count === points.length) points = enlarge(points);
    for (let column = 0; column < first.length; column++) {
      fields.next();
      if (fields.endsRow !== (column === first.length - 1)) throw wrongLength(fields, source, column + 1, first.length);
      if (column === label) {
        labels.push(requireLabel(fields, source));
        continue;
      }
      points[count] = parseDecimal(bytes, fields.begin, fields.end);
      if (!Number.isFinite(points[count++])) {
        const name = header ? ` (${JSON.stringify(first[column])})` : "";
        throw invalidData(
          source,
          `line ${fields.line}, column ${column}${name}`,
          "a finite float32 number",
          fields.text(),
        );
      }
    }
  }
  if (count === 0) throw invalidData(source, `line ${fields.line}`, "rows of numbers below it", "the end of the file");
  return {
    points: points.slice(0, count),
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

function parseText(text: string): number {
  const bytes = new TextEncoder().encode(text);
  return parseDecimal(bytes, 0, bytes.length);
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

function wrongLength(fields: CsvFields, source: string, read: number, expected: number): Error {
  const line = fields.line;
  let found = read;
  while (!fields.endsRow) {
    fields.next();
    found++;
  }
  return invalidData(source, `line ${line}`, `${expected} fields`, found);
}

function enlarge(points: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const larger = new Float32Array(points.length * 2);
  larger.set(points);
  return larger;
}
