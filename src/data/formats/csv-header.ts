import { missingWord, parseText } from "./csv-cells.js";
import { plainText } from "./csv-characters.js";

/** Whether a first row names the columns; where that is in doubt, why. */
export type HeaderVerdict = boolean | { readonly doubt: string };

/** How a table is written, as far as it says what its first row is. */
export interface HeaderContext {
  readonly decimal: "." | ",";
  /** Number of a column of classes, whose texts say nothing; -1 for none. */
  readonly label: number;
  /** Texts of the next rows. */
  readonly below: readonly (readonly string[])[];
}

/**
 * Judges the first row of a table by its texts: names are none where one of them is a number or all stand for missing numbers. Undecided
 * are 0, 1, 2, which pandas writes over columns without names; integers such as years above rows that have none; NaN beside names; and texts
 * that are neither names nor numbers.
 */
export function judgeHeader(first: readonly string[], { decimal, label, below }: HeaderContext): HeaderVerdict {
  const counted = first[0] === "" ? first.slice(1) : first;
  if (counted.length > 0 && counted.every((text, column) => text === String(column)))
    return { doubt: "numbers of the columns, as pandas writes them, or a row of data" };
  const filled = first.flatMap((text, column) => (column === label || text === "" ? [] : [column]));
  if (mayBeNumbered(first, filled, below))
    return { doubt: "numbers that name the columns, such as years, or a row of data" };
  const texts = filled.map((column) => first[column]);
  if (texts.some((text) => !Number.isNaN(parseText(text, { decimal })))) return false;
  const missing = texts.filter((text) => missingWord.test(text));
  if (missing.length === texts.length) return false;
  if (missing.length > 0) return { doubt: `names, or a row of data with ${JSON.stringify(missing[0])} in it` };
  if (texts.some((text) => !numberLike.test(plainText(text).text))) return true;
  return { doubt: "names, or a row of numbers that cannot be read" };
}

/** Whether the first row has different integers, or years, in these columns, two or more, and the rows below, two or more, have none there. */
function mayBeNumbered(
  first: readonly string[],
  columns: readonly number[],
  below: readonly (readonly string[])[],
): boolean {
  const texts = columns.map((column) => first[column]);
  if (columns.length < 2 || below.length < 2 || new Set(texts).size < texts.length) return false;
  return [integer, year].some(
    (kind) =>
      texts.every((text) => kind.test(text)) &&
      below.every((row) => columns.every((column) => !kind.test(row[column] ?? ""))),
  );
}

/** A number, whatever is wrong with it: units, an amount of money, brackets for minus. */
const numberLike = /^[\p{Sc}(+\- ]*[.,]?\p{Nd}/u;
const integer = /^[+-]?\d+$/;
const year = /^(?:1[89]|2[01])\d\d$/;
