import { missingWord, parseText } from "./csv-cells.js";

/** Whether a first row names the columns; where that is in doubt, why. */
export type HeaderVerdict = boolean | { readonly doubt: string };

/**
 * Judges the first row of a table by its texts: names are none where one of them is a number or all stand for missing numbers. Undecided
 * are 0, 1, 2, which pandas writes over columns without names; NaN beside names; and texts that are neither names nor numbers.
 * @param label number of a column of classes, whose texts say nothing; -1 for none.
 */
export function judgeHeader(first: readonly string[], decimal: "." | ",", label = -1): HeaderVerdict {
  const counted = first[0] === "" ? first.slice(1) : first;
  if (counted.length > 0 && counted.every((text, column) => text === String(column)))
    return { doubt: "numbers of the columns, as pandas writes them, or a row of data" };
  const texts = first.filter((text, column) => column !== label && text !== "");
  if (texts.some((text) => !Number.isNaN(parseText(text, { decimal })))) return false;
  const missing = texts.filter((text) => missingWord.test(text));
  if (missing.length === texts.length) return false;
  if (missing.length > 0) return { doubt: `names, or a row of data with ${JSON.stringify(missing[0])} in it` };
  if (texts.some((text) => !/^[+-]?[.,]?\d/.test(text))) return true;
  return { doubt: "names, or a row of numbers that cannot be read" };
}
