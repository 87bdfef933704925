import { plainText } from "./csv-characters.js";
import { parseDecimal } from "./decimal.js";
import { set } from "./invalid.js";

type Decimal = "." | ",";

/** What programs write where there is no number. */
export const missingWord =
  /^(?:[+-]?(?:nan|NaN|NAN|inf|Inf|INF|infinity|Infinity|INFINITY)|NA|na|N\/A|n\/a|#N\/A|null|Null|NULL|none|None|NONE|nil|<NA>|[-?.])$/;

const thousands = /^[+-]?\d{1,3}(?:[,.' ]\d{3})+(?:[.,]\d+)?$/;

const kinds: readonly (readonly [RegExp, advice: string])[] = [
  [/^$/, "fill empty fields in, or leave their rows out"],
  [/inf/i, "infinite values are no data: replace them, or leave their rows out"],
  [missingWord, "fill missing numbers in, or leave their rows out"],
  [/^[+-]?0[xob][\da-f]+$/i, "write numbers in decimal"],
  [
    /^(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?|\d{1,2}:\d{2}(?::.*)?)$/,
    "write dates and times as numbers, days since the first for example",
  ],
  [/^[+-]?[\p{Nd}.,\u066b\u066c]+$/u, "write digits as 0 to 9"],
  [/^(?:true|false|yes|no)$/i, "write 1 and 0"],
  [/^\p{Sc}? ?[+-]?\d[\d.,]*(?:[eE][+-]?\d+)? ?(?:[%‰]|\p{Sc}|°?\p{L}{1,3})?$/u, "write numbers alone, without units"],
];

/** The number that a text is; NaN where it is none. */
export function parseText(text: string, { decimal }: { readonly decimal: Decimal }): number {
  const bytes = new TextEncoder().encode(text);
  return parseDecimal(bytes, 0, bytes.length, decimal.charCodeAt(0));
}

/** What to do about a field that is no finite float32; undefined for a text that says nothing of itself. */
export function cellAdvice(field: string, { decimal }: { readonly decimal: Decimal }): string | undefined {
  const given = field.replace(/^[ \t]+|[ \t]+$/g, "");
  if (!Number.isNaN(parseText(given, { decimal }))) return "float32 ends at 3.4e38: rescale the column";
  const other = decimal === "." ? "," : ".";
  const { text, advice } = plainText(given);
  if (advice !== undefined && Number.isFinite(parseText(text, { decimal }))) return advice;
  const otherwise = Number.isFinite(parseText(text, { decimal: other }));
  if (advice !== undefined && otherwise) return `${set({ decimal: other })} and ${advice}`;
  if (thousands.test(text)) {
    const without = "write numbers without separators of thousands";
    return otherwise ? `${set({ decimal: other })} where that is the decimal character, else ${without}` : without;
  }
  if (otherwise) return set({ decimal: other });
  const matching = text.length > 100 ? undefined : kinds.find(([pattern]) => pattern.test(text));
  return matching?.[1];
}
