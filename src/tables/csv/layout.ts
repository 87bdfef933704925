import { original } from "./formula.js";
import { uniqueNames } from "./header.js";
import { lineOf, mustQuote } from "./quote.js";
import { RecordCutter, type TableRecord } from "./records.js";
import type { TableDialect } from "./table-dialect.js";
import type { TextCoding } from "./text.js";

/** Delimiters that programs write, the commonest first. */
const delimiters = [",", ";", "\t", "|"];

/** Characters and records at the beginning that tell the delimiter. */
const [looked, fewRecords] = [2 ** 17, 100];

/** How a file is written, and its header. */
export interface CsvLayout {
  readonly dialect: TableDialect;
  /** A first line that names the delimiter, with its line end. */
  readonly before: string;
  /** What the header says. */
  readonly titles: readonly string[];
  /** The titles, made unique. */
  readonly names: readonly string[];
}

/** The beginning of a text, without a byte order mark. */
export interface TextHead {
  readonly text: string;
  /** Whether there is no more. */
  readonly isWhole: boolean;
}

/** The layout that the beginning of a file shows; undefined where it has no header. */
export function csvLayout(
  head: TextHead,
  coding: TextCoding,
  endsWith: (lineEnd: string) => boolean,
  delimiter?: string,
): CsvLayout | undefined {
  const lineEnd = lineEndIn(head.text);
  const [before = "", named] = /^"?sep=([^"\r\n])"?(?:\r\n|\r|\n)/i.exec(head.text) ?? [];
  const endsLastLine = endsWith(lineEnd);
  const cut = head.isWhole && endsLastLine ? -lineEnd.length : undefined;
  const body: TextHead = { text: head.text.slice(before.length, cut), isWhole: head.isWhole };
  const found = delimiter ?? named ?? delimiterIn(body, lineEnd);
  const format = { delimiter: found, lineEnd };
  const [header] = firstRecords(body, format, 1);
  if (!header) return undefined;
  const titles = header.cells.map(original);
  const quoteAll = quotesAll(body, format);
  const dialect = { ...coding, ...format, endsLastLine, separatorLine: before !== "", quoteAll };
  return { dialect, before, titles, names: uniqueNames(titles) };
}

type Format = Pick<TableDialect, "delimiter" | "lineEnd">;

/** The first records of a text that all of it is there of. */
function firstRecords({ text, isWhole }: TextHead, format: Format, most: number): TableRecord[] {
  const records: TableRecord[] = [];
  if (text === "") return records;
  const cutter = new RecordCutter(format, (record) => records.push(record) < most);
  const goesOn = cutter.push(text);
  if (goesOn && (isWhole || records.length === 0)) cutter.end();
  return records;
}

/** The first line end outside of quotes. */
function lineEndIn(text: string): TableDialect["lineEnd"] {
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') quoted = !quoted;
    else if (!quoted && character === "\n") return "\n";
    else if (!quoted && character === "\r") return text[at + 1] === "\n" ? "\r\n" : "\r";
  }
  return "\n";
}

/** The delimiter that cuts most records at the beginning into as many cells as the header has, two or more. */
function delimiterIn(body: TextHead, lineEnd: TableDialect["lineEnd"]): string {
  const head = beginningOf(body);
  const agreements = delimiters.map((delimiter) => {
    const cells = firstRecords(head, { delimiter, lineEnd }, fewRecords).map((record) => record.cells);
    const widths = cells.filter((each) => each.length > 1 || each[0] !== "").map((each) => each.length);
    const [width = 1] = widths;
    return width < 2 ? 0 : widths.filter((each) => each === width).length / widths.length;
  });
  return delimiters[agreements.indexOf(Math.max(...agreements))] ?? ",";
}

/** Whether all cells at the beginning stand in quotes, and not because they must. */
function quotesAll(body: TextHead, format: Format): boolean {
  const head = firstRecords(beginningOf(body), format, fewRecords).map(({ cells }) => cells);
  const isFree = head.some((cells) => cells.some((cell) => !mustQuote(cell, format.delimiter, cells.length === 1)));
  const quoted = head.map((cells) => lineOf(cells, { ...format, quoteAll: true }));
  return isFree && body.text.startsWith(quoted.join(format.lineEnd));
}

function beginningOf({ text, isWhole }: TextHead): TextHead {
  return { text: text.slice(0, looked), isWhole: isWhole && text.length <= looked };
}
