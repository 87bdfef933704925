const names: ReadonlyMap<string, string> = new Map([
  ["\u2212", "minus sign"],
  ["\u2010", "hyphen"],
  ["\u2011", "non-breaking hyphen"],
  ["\u2012", "figure dash"],
  ["\u2013", "en dash"],
  ["\u2014", "em dash"],
  ["\u00a0", "no-break space"],
  ["\u202f", "narrow no-break space"],
  ["\u2007", "figure space"],
  ["\u2009", "thin space"],
  ["\u200b", "zero width space"],
  ["\ufeff", "zero width no-break space"],
  ["\u2019", "right quotation mark"],
  ["_", "underscore"],
]);

/** Dashes that people take for a minus, and the minus of typesetting. */
const dash = /[^\P{Pd}-]|\u2212/u;
/** Spaces other than that of ASCII, characters that nobody sees, and what else parts digits. */
const separator = /[^\P{Zs} ]|[\p{Cf}_\u2019]/u;
const lookalike = new RegExp(`${dash.source}|${separator.source}`, "gu");

/** A text as it would be with the characters that numbers have; and what to do, which is absent where it has no other ones. */
export interface PlainText {
  readonly text: string;
  readonly advice?: string | undefined;
}

export function plainText(given: string): PlainText {
  const found = new Set(given.match(lookalike));
  if (found.size === 0) return { text: given };
  const text = given.replace(lookalike, (character) => (dash.test(character) ? "-" : ""));
  return { text, advice: [...found].map(adviceOn).join(" and ") };
}

function adviceOn(character: string): string {
  const isDash = dash.test(character);
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const what = `U+${code} (${names.get(character) ?? (isDash ? "dash" : "space, or not visible")})`;
  return isDash ? `write "-" for ${what}` : `leave out ${what}`;
}
