import type { CategoryColumn, Column, NumberColumn } from "./column.js";

/** How many cells are missing. */
export function gapsIn({ missing }: Column): number {
  return missing.reduce((sum, flag) => sum + flag, 0);
}

/** The numbers of the cells that are not missing, in their order. */
export function presentNumbers({ values, missing }: NumberColumn): Float64Array {
  const present = new Float64Array(values.length);
  let count = 0;
  for (let row = 0; row < values.length; row++) if (missing[row] === 0) present[count++] = values[row];
  return present.slice(0, count);
}

/** Smallest and largest of some numbers. */
export function extremes(values: Float64Array): { readonly low: number; readonly high: number } {
  let [low, high] = [values[0], values[0]];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { low, high };
}

/** Cells of several category columns in one list of categories. */
export interface SharedCodes {
  /** Categories that some column lists. */
  readonly categories: readonly string[];
  /** How many; also the code of a gap. */
  readonly count: number;
  /** Of each column, uint32 [rows]. */
  readonly codes: readonly Uint32Array[];
}

/** Categories are the same where their names are, whatever their places in the lists. */
export function sharedCodes(...columns: readonly CategoryColumn[]): SharedCodes {
  const places = new Map<string, number>();
  const placeOf = (name: string) => {
    const place = places.get(name) ?? places.size;
    places.set(name, place);
    return place;
  };
  const maps = columns.map(({ categories }) => categories.map(placeOf));
  const codes = columns.map(({ codes: own, missing }, column) =>
    own.map((code, row) => (missing[row] ? places.size : maps[column][code])),
  );
  return { categories: [...places.keys()], count: places.size, codes };
}

/** How often each code below `count` occurs; other codes are not counted. */
export function countCodes(codes: Uint32Array, count: number): Float64Array {
  const counts = new Float64Array(count);
  for (const code of codes) if (code < count) counts[code]++;
  return counts;
}
