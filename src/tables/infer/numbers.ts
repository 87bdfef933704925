import type { NumberField } from "../schema/field.js";
import { mostDecimals, numberReader } from "../schema/number-codec.js";
import type { SeenCells } from "./cells.js";
import type { Guess, GuessContext } from "./guess.js";

type Written = Pick<NumberField, "decimalChar" | "groupChar">;

const plain: Written = {};
/** Ways to write a number, the commonest first. */
const ways: readonly Written[] = [
  plain,
  { decimalChar: "," },
  { groupChar: "," },
  { decimalChar: ",", groupChar: "." },
  { groupChar: " " },
  { decimalChar: ",", groupChar: " " },
  { decimalChar: ",", groupChar: "\u00a0" },
  { groupChar: "'" },
];

/** Numbers whose beginning says that they are names: 007, 00501. */
const code = /^[+-]?0\d/;

/** An integer or a number with its decimals, where all cells are numbers of one way of writing. */
export function guessNumber({ counts }: SeenCells, { delimiter }: GuessContext): Guess | undefined {
  const texts = [...counts.keys()].map((text) => text.trim());
  if (texts.length === 0 || texts.some((text) => code.test(text))) return undefined;
  const fitting = ways.filter((way) => {
    const read = numberReader(way.decimalChar ?? ".", way.groupChar);
    return texts.every((text) => read(text) !== undefined);
  });
  const isEither = fitting[0] !== plain && fitting.some(isDecimalComma) && fitting.some(isGroupedByComma);
  const chosen = isEither && delimiter === "," ? fitting.find(isGroupedByComma) : fitting[0];
  if (!chosen) return undefined;
  const reason = isEither
    ? `"," is taken for ${chosen.groupChar === "," ? "the mark between groups of digits: set decimalChar to" : "the decimal character: set groupChar to"} "," if it is not`
    : undefined;
  return { field: fieldOf(texts, chosen), reason };
}

const isDecimalComma = ({ decimalChar, groupChar }: Written) => decimalChar === "," && groupChar === undefined;
const isGroupedByComma = ({ groupChar }: Written) => groupChar === ",";

function fieldOf(texts: readonly string[], way: Written): Guess["field"] {
  const read = numberReader(way.decimalChar ?? ".", way.groupChar);
  const values = texts.map((text) => read(text) ?? 0);
  const minimum = values.every((value) => value >= 0) ? { constraints: { minimum: 0 } } : {};
  const { decimalChar = "." } = way;
  const isInteger =
    values.every(Number.isSafeInteger) && texts.every((text) => !/[eE]/.test(text) && !text.includes(decimalChar));
  if (isInteger) return { type: "integer", ...way, ...minimum };
  const format = formatOf(texts, values, decimalChar);
  return { type: "number", ...way, ...(format !== undefined && { format }), ...minimum };
}

/** The written form of decimals, where the grid is coarser than doubles. */
function formatOf(texts: readonly string[], values: readonly number[], decimalChar: string): string | undefined {
  if (texts.some((text) => /[eE]/.test(text))) return undefined;
  const decimals = texts.map((text) => text.split(decimalChar)[1]?.length ?? 0);
  const [least, most] = [decimals.reduce((a, b) => Math.min(a, b)), decimals.reduce((a, b) => Math.max(a, b))];
  const largest = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  if (most > mostDecimals || largest * 10 ** most >= 2 ** 53) return undefined;
  return `0.${"0".repeat(least)}${"#".repeat(most - least)}`;
}
