import { requireText, requireTyped } from "../../errors.js";
import { filledSettings, type Given } from "../../family.js";
import { choice, column, optional, text } from "../../fields.js";
import { readTable } from "./csv-table.js";
import { dataFormat } from "./format.js";
import { writeCsv } from "./write-csv.js";

const fields = {
  header: choice(
    [true, false, "auto"],
    "auto",
    "Whether the first row names the columns; auto: it does where its fields are names. What may be either is refused.",
  ),
  delimiter: text(
    /^[^"\r\n\u0080-\uffff]$/,
    "must be one ASCII character other than a quote or a line end",
    ",",
    "Character between two fields; a blank stands for any number of blanks and tabs.",
  ),
  decimal: choice([".", ","], ".", "Character before the fraction of a number."),
  labelColumn: column(
    optional,
    "Column that holds the class, by name or number from 0; it is not part of the point. Default: none.",
  ),
};

/** How a CSV file is written; see `readCsv`. */
export type CsvOptions = Given<typeof fields>;

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
    const { points, dimension, exact, labels, reading } = readTable(file, settings);
    return { points, dimension, ...(exact && { exact }), ...(labels && { labels }), reading };
  },
  write: ({ points, dimension, classes }) => new TextEncoder().encode(writeCsv(points, dimension, classes)),
});

/**
 * Reads a table of numbers (RFC 4180: quoted fields; lines end with LF, CRLF or CR). All rows have the same number of fields. Left out are
 * blank lines before and after the table, lines that begin with #, a first line "sep=;" that names the delimiter, and a delimiter at the end
 * of every line. UTF-8, or UTF-16 with a byte order mark. `source` names the file in errors.
 * @throws FedscoreError FEDSCORE_INVALID_DATA with the line and the column, and the option to change where one may help.
 */
export function readCsv(bytes: Uint8Array, source: string, options: CsvOptions = {}): CsvTable {
  requireTyped("bytes", bytes, Uint8Array);
  requireText("source", source);
  const { reading: _, exact: _exact, ...table } = readTable({ bytes, source }, filledSettings(fields, "csv", options));
  return table;
}
