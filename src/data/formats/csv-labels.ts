import { closest } from "../../suggest.js";
import { advised, invalidData, set } from "./invalid.js";

/**
 * Index of the label column, -1 for none.
 * @param first texts of the first row, which stands at `place`.
 * @param otherwise other advice than a name like the one that is not there.
 */
export function labelColumn(
  first: readonly string[],
  header: boolean,
  label: string | number | undefined,
  source: string,
  place: string,
  otherwise: () => string | undefined,
): number {
  if (label === undefined) return -1;
  const refusal = (expected: string, found: string, advice?: string) =>
    advised(invalidData(source, place, expected, found), otherwise() ?? advice);
  if (typeof label === "number") {
    if (Number.isInteger(label) && label >= 0 && label < first.length) return label;
    throw refusal(`a label column with index ${label}`, `${first.length} columns`);
  }
  const expected = `a header with exactly one column ${JSON.stringify(label)}`;
  if (!header) throw refusal(expected, "no header", `name the column by its number, 0 to ${first.length - 1}`);
  const column = first.indexOf(label);
  if (column >= 0 && first.lastIndexOf(label) === column) return column;
  if (column >= 0) throw refusal(expected, first.join(", "), `name the column by its number, 0 to ${first.length - 1}`);
  const meant = closest(label, first);
  throw refusal(expected, first.join(", "), meant === undefined ? undefined : set({ labelColumn: meant }));
}

/** Integers stand for themselves; anything else is numbered in the order of its sorted texts. */
export function encodeLabels(texts: readonly string[]): { labels: Int32Array; classes?: readonly string[] } {
  if (texts.every((text) => /^\d+$/.test(text) && Number(text) < 2 ** 31))
    return { labels: Int32Array.from(texts, Number) };
  const classes = [...new Set(texts)].sort();
  const numbers = new Map(classes.map((text, index) => [text, index]));
  return { labels: Int32Array.from(texts, (text) => numbers.get(text) ?? -1), classes };
}
