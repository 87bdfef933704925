import type { SeenCells } from "./cells.js";
import type { Guess } from "./guess.js";

const words: readonly (readonly [trueWord: string, falseWord: string])[] = [
  ["true", "false"],
  ["yes", "no"],
  ["y", "n"],
  ["t", "f"],
  ["ja", "nein"],
  ["oui", "non"],
];

/** True and false, where a column has two words for them. */
export function guessBoolean({ counts }: SeenCells): Guess | undefined {
  const texts = [...counts.keys()];
  for (const [trueWord, falseWord] of words) {
    const [trueValue, falseValue] = [trueWord, falseWord].map((word) =>
      texts.find((text) => text.toLowerCase() === word),
    );
    if (texts.length !== 2 || trueValue === undefined || falseValue === undefined) continue;
    return { field: { type: "boolean", trueValues: [trueValue], falseValues: [falseValue] } };
  }
  return undefined;
}
