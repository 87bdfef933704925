import { CsvFields } from "./csv-fields.js";
import { set } from "./invalid.js";

/** How the numbers of a text are parted and written. */
export interface CsvDialect {
  /** One ASCII character; a blank stands for any number of blanks and tabs. */
  readonly delimiter: string;
  readonly decimal: "." | ",";
}

/** Dialects that programs write, the commonest first. */
export const dialects: readonly CsvDialect[] = [",", ";", "\t", "|", " "].flatMap((delimiter) => [
  { delimiter, decimal: "." },
  { delimiter, decimal: "," },
]);

/** Rows and bytes at the beginning of a file that tell its dialect. */
const [looked, longest] = [20, 2 ** 16];

/** The delimiter to set, and the decimal character with it, where the beginning of a file is a table with another one. */
export function dialectAdvice(bytes: Uint8Array, dialect: CsvDialect): string | undefined {
  const now = numbersPerRow(bytes, dialect);
  const scored = dialects
    .filter(({ delimiter }) => delimiter !== dialect.delimiter)
    .map((each) => ({ ...each, score: numbersPerRow(bytes, each) }));
  const most = Math.max(...scored.map(({ score }) => score));
  const best = most > now ? scored.find(({ score }) => score === most) : undefined;
  if (!best) return undefined;
  const { delimiter, decimal } = best;
  return set({ delimiter, ...(decimal !== dialect.decimal && { decimal }) });
}

/** Numbers in a row at the beginning, on average; 0 where rows are not of one length. */
function numbersPerRow(bytes: Uint8Array, { delimiter, decimal }: CsvDialect): number {
  const head = bytes.subarray(0, longest);
  const point = decimal.charCodeAt(0);
  let [width, numbers, rows] = [0, 0, 0];
  try {
    const fields = new CsvFields(head, "", { delimiter, comments: true });
    for (; rows < looked && fields.nextRow(); rows++) {
      let found = 0;
      do {
        fields.next();
        found++;
        if (Number.isFinite(fields.number(point))) numbers++;
      } while (!fields.endsRow);
      const isCut = head.length < bytes.length && !fields.nextRow();
      if (isCut) break;
      if (rows > 0 && found !== width) return 0;
      width = found;
    }
  } catch {
    return 0; // An open quote: not this dialect.
  }
  return width > 1 ? numbers / Math.max(1, rows) : 0;
}
