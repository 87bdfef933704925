import type { CategoryColumn } from "../column.js";
import type { CategoryCodec } from "../schema/codec.js";
import type { CategorySummary } from "../summary/table-summary.js";
import { analogBitsOf, readBits, writeBits } from "./analog-bits.js";
import type { CategoryEncoding } from "./column-encoding.js";
import { oneHotOf, oneHotWidth, readOneHot, writeOneHot } from "./one-hot.js";
import type { Vectors } from "./vectors.js";

/** What all categories are called that are too rare to be told. */
export const otherCategory = "other";

/** Categories of a closed list that nobody told share the rows of the others; without a list these are the category "other". */
export function fitCategories(
  { name, categories: told, counts, other, missing }: CategorySummary,
  closed: CategoryCodec["categories"],
  mostOneHot: number,
): CategoryEncoding {
  const countOf = new Map(told.map((category, index) => [category, counts[index] ?? 0]));
  if (!closed && other > 0) countOf.set(otherCategory, (countOf.get(otherCategory) ?? 0) + other);
  const categories = closed ?? [...countOf.keys()];
  const untold = categories.filter((category) => !countOf.has(category)).length;
  const rows = categories.map((category) => countOf.get(category) ?? other / untold);
  const total = rows.reduce((sum, count) => sum + count, missing);
  const gaps = missing > 0 ? [missing] : [];
  const common = { kind: "category", name, categories, hasGaps: missing > 0 } as const;
  const place = closed || other === 0 ? {} : { other: categories.indexOf(otherCategory) };
  if (categories.length <= mostOneHot) return { ...common, ...place, states: oneHotOf([...rows, ...gaps], 1) };
  const present = total === 0 ? 1 : (total - missing) / total;
  const states = oneHotOf([total - missing, ...gaps], 1 - present);
  return { ...common, ...place, states, bits: analogBitsOf(rows) };
}

export function categoryWidth({ states, bits }: CategoryEncoding): number {
  return oneHotWidth(states) + (bits?.means.length ?? 0);
}

/** Writes a column of categories. @returns how many cells have no code, whose coordinates stay 0. */
export function encodeCategories(encoding: CategoryEncoding, column: CategoryColumn, out: Vectors): number {
  const { states, bits, hasGaps, other = -1 } = encoding;
  const codeOf = new Map(encoding.categories.map((category, code) => [category, code]));
  const codes = column.categories.map((category) => codeOf.get(category) ?? other);
  const gap = hasGaps ? states.shares.length - 1 : -1;
  const width = oneHotWidth(states);
  let unknown = 0;
  for (let row = 0; row < column.codes.length; row++) {
    const code = column.missing[row] ? -1 : (codes[column.codes[row]] ?? other);
    const at = out.at + row * out.dimension;
    if (code < 0 && !(column.missing[row] && hasGaps)) unknown++;
    else if (code < 0) writeOneHot(states, gap, out.vectors, at);
    else {
      writeOneHot(states, bits ? 0 : code, out.vectors, at);
      if (bits) writeBits(bits, code, out.vectors, at + width);
    }
  }
  return unknown;
}

export function decodeCategories(
  { name, categories, states, bits, hasGaps }: CategoryEncoding,
  rows: number,
  { vectors, at, dimension }: Vectors,
): CategoryColumn {
  const codes = new Uint32Array(rows);
  const missing = new Uint8Array(rows);
  const gap = hasGaps ? states.shares.length - 1 : -1;
  const width = oneHotWidth(states);
  for (let row = 0; row < rows; row++) {
    const from = at + row * dimension;
    const state = readOneHot(states, vectors, from);
    if (state === gap || states.shares.length === 0) missing[row] = 1;
    else codes[row] = bits ? readBits(bits, vectors, from + width) : state;
  }
  return { kind: "category", name, categories, codes, missing };
}
