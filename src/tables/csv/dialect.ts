import { lineOf, mustQuote } from "./quote.js";
import { readRecords } from "./records.js";
import type { TableDialect } from "./table-dialect.js";

/** Delimiters that programs write, the commonest first. */
const delimiters = [",", ";", "\t", "|"];

/** Characters and records at the beginning that tell the delimiter. */
const [looked, fewRecords] = [2 ** 17, 100];

/** The text of a file without what stands before its header and the last line end; these; how that text is written; and the line it begins in. */
export interface TableText {
  readonly text: string;
  readonly before: string;
  readonly after: string;
  readonly dialect: TableDialect;
  readonly line: number;
}

export function tableText(
  { text, ...coding }: Pick<TableDialect, "encoding" | "byteOrderMark"> & { readonly text: string },
  delimiter?: string,
): TableText {
  const lineEnd = lineEndIn(text);
  const [first = "", named] = /^"?sep=([^"\r\n])"?(?:\r\n|\r|\n)/i.exec(text) ?? [];
  const endsLastLine = text.endsWith(lineEnd);
  const body = text.slice(first.length, endsLastLine ? -lineEnd.length : undefined);
  const found = delimiter ?? named ?? delimiterIn(body, lineEnd);
  const dialect = { ...coding, delimiter: found, lineEnd, endsLastLine, separatorLine: first !== "", quoteAll: false };
  const around = { before: first, after: endsLastLine ? lineEnd : "" };
  return {
    text: body,
    ...around,
    dialect: { ...dialect, quoteAll: quotesAll(body, dialect) },
    line: first === "" ? 1 : 2,
  };
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
function delimiterIn(text: string, lineEnd: TableDialect["lineEnd"]): string {
  const head = text.slice(0, looked);
  const agreements = delimiters.map((delimiter) => {
    const widths: number[] = [];
    readRecords(head, { delimiter, lineEnd }, ({ cells }) => {
      if (cells.length > 1 || cells[0] !== "") widths.push(cells.length);
      return widths.length < fewRecords;
    });
    if (head.length < text.length && widths.length < fewRecords && widths.length > 1) widths.pop();
    const [width = 1] = widths;
    return width < 2 ? 0 : widths.filter((each) => each === width).length / widths.length;
  });
  return delimiters[agreements.indexOf(Math.max(...agreements))] ?? ",";
}

/** Whether all cells at the beginning stand in quotes, and not because they must. */
function quotesAll(text: string, { delimiter, lineEnd }: Pick<TableDialect, "delimiter" | "lineEnd">): boolean {
  const head: (readonly string[])[] = [];
  readRecords(text.slice(0, looked), { delimiter, lineEnd }, ({ cells }) => head.push(cells) < fewRecords);
  if (head.length > 1 && text.length > looked) head.pop();
  const isFree = head.some((cells) => cells.some((cell) => !mustQuote(cell, delimiter, cells.length === 1)));
  return isFree && text.startsWith(head.map((cells) => lineOf(cells, { delimiter, quoteAll: true })).join(lineEnd));
}
