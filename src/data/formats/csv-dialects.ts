import { CsvFields, readsAsTable } from "./csv-fields.js";
import type { Utf8Text } from "./csv-text.js";
import { set } from "./invalid.js";

const [lineFeed, carriageReturn] = [0x0a, 0x0d];

/** How the numbers of a text are parted and written. */
export interface CsvDialect {
  /** One ASCII character; a blank stands for any number of blanks and tabs. */
  readonly delimiter: string;
  readonly decimal: "." | ",";
}

/** Dialects that programs write, the commonest first. */
export const dialects: readonly CsvDialect[] = [",", ";", "\t", "|", " "].flatMap(withDelimiter);

function withDelimiter(delimiter: string): CsvDialect[] {
  return [
    { delimiter, decimal: "." },
    { delimiter, decimal: "," },
  ];
}

/** Rows and bytes at the beginning of a file that tell its dialect. */
const [looked, longest] = [20, 2 ** 16];

/** The delimiter to set, and the decimal character with it, where the beginning of a file is a table with another one. */
export function dialectAdvice(bytes: Uint8Array, dialect: CsvDialect): string | undefined {
  const now = numbersPerRow(headIn(bytes, dialect));
  const scored = dialects
    .filter(({ delimiter }) => delimiter !== dialect.delimiter)
    .map((each) => ({ ...each, score: numbersPerRow(headIn(bytes, each)) }));
  const most = Math.max(...scored.map(({ score }) => score));
  const best = most > now ? scored.find(({ score }) => score === most) : undefined;
  if (!best) return undefined;
  const { delimiter, decimal } = best;
  return set({ delimiter, ...(decimal !== dialect.decimal && { decimal }) });
}

/**
 * The dialects that a text may have, the likeliest first: with the delimiter that it names, if it does. Where a delimiter cuts all rows at the beginning into the same number of fields,
 * two or more, one that does not is none of them: it would read "1,2" and "3," as 1.2 and 3.
 */
export function likelyDialects({ bytes, separator }: Utf8Text): readonly CsvDialect[] {
  const possible = separator === undefined ? dialects : withDelimiter(separator);
  const cut = possible.map((dialect) => ({ dialect, head: headIn(bytes, dialect) }));
  const isTable = cut.some(({ head }) => agreement(head) === 1);
  return cut
    .filter(({ head }) => (isTable ? agreement(head) === 1 : !isUncutHeader(head)))
    .sort((a, b) => agreement(b.head) - agreement(a.head) || numberShare(b.head) - numberShare(a.head))
    .map(({ dialect }) => dialect);
}

/** Whether two columns of integers may as well be one of numbers with decimal commas: "1,5" in each row at the beginning, and no names. */
export function mayBeDecimals(bytes: Uint8Array): boolean {
  const { widths, numbers } = headIn(bytes, { delimiter: ";", decimal: "," });
  const isPair = headIn(bytes, { delimiter: ",", decimal: "." }).widths.every((width) => width === 2);
  return isPair && numbers > 0 && numbers === widths.length && widths.every((width) => width === 1);
}

/** How a dialect cuts the beginning of a file. */
interface Head {
  /** Fields of each row. */
  readonly widths: readonly number[];
  /** Fields that are numbers. */
  readonly numbers: number;
  /** The first field, where it is no number and stands in no quotes. */
  readonly name: string;
}

const nothing: Head = { widths: [], numbers: 0, name: "" };

function headIn(bytes: Uint8Array, { delimiter, decimal }: CsvDialect): Head {
  const point = decimal.charCodeAt(0);
  const widths: number[] = [];
  let [numbers, name] = [0, ""];
  const isTable = readsAsTable(() => {
    const fields = new CsvFields(wholeLines(bytes), "", { delimiter, comments: true });
    while (widths.length < looked && fields.nextRow()) {
      let width = 0;
      do {
        fields.next();
        if (Number.isFinite(fields.number(point))) numbers++;
        else if (widths.length === 0 && width === 0 && !fields.quoted) name = fields.text();
        width++;
      } while (!fields.endsRow);
      widths.push(width);
    }
  });
  return isTable ? { widths, numbers, name } : nothing;
}

/** The beginning of a file up to the end of a line. */
function wholeLines(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= longest) return bytes;
  const head = bytes.subarray(0, longest);
  return head.subarray(0, Math.max(head.lastIndexOf(lineFeed), head.lastIndexOf(carriageReturn)) + 1);
}

/** Numbers in a row, on average; 0 where rows are not of one length. */
function numbersPerRow(head: Head): number {
  return agreement(head) === 1 ? head.numbers / head.widths.length : 0;
}

/** Share of the fields that are numbers. */
function numberShare({ numbers, widths }: Head): number {
  return numbers / Math.max(1, sum(widths));
}

/** Share of the rows that have as many fields as most have; 0 where that is one. */
function agreement({ widths }: Head): number {
  const counts = new Map<number, number>();
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1);
  const [[commonest, count] = [0, 0]] = [...counts].sort(([a, m], [b, n]) => n - m || b - a);
  return commonest > 1 ? count / widths.length : 0;
}

/** Whether a first row that this dialect takes for one name has a delimiter of another one in it. */
function isUncutHeader({ widths, name }: Head): boolean {
  return widths[0] === 1 && /[,;\t|]/.test(name);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
