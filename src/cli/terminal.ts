/** Longest line that is printed. */
const longestLine = 2000;

/** Controls, which a terminal may obey, marks that turn the direction of writing, halves of characters; not line ends. */
const hidden = /[^\P{Cc}\n]|[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|\p{Cs}/gu;

/** A text with its hidden characters, which are of one UTF-16 unit each, written in another way. */
export function withoutHidden(text: string, written: (unit: number) => string): string {
  return text.replace(hidden, (character) => written(character.charCodeAt(0)));
}

/**
 * Text with words of users in it (names, paths, keys, what stands in files) as a terminal may show it: what would change the terminal
 * or hide something is written as its code, long lines are shortened in their middle. Line ends stay.
 */
export function printable(text: string): string {
  return text.split("\n").map(printableLine).join("\n");
}

function printableLine(line: string): string {
  const half = longestLine / 2;
  const short = line.length > longestLine ? `${line.slice(0, half)} … ${line.slice(-half)}` : line;
  return withoutHidden(short, (unit) => `\\u{${unit.toString(16)}}`);
}
