/** Entries of flat float32 vectors, four at a time, and which of them a mask keeps. */
import { checkRange } from "./simd";

/** Four entries, or the first one of the four for tails: the same arithmetic for both. */
// @ts-ignore: decorator
@inline
export function loadEntries(single: bool, pointer: usize): v128 {
  return single ? v128.load32_zero(pointer) : v128.load(pointer);
}

// @ts-ignore: decorator
@inline
export function storeEntries(single: bool, pointer: usize, values: v128): void {
  if (single) v128.store_lane<f32>(pointer, values, 0);
  else v128.store(pointer, values);
}

/** All ones in the lanes that may move. `masked` says whether there is a `keep` at all. */
// @ts-ignore: decorator
@inline
export function loadKeep(single: bool, masked: bool, keep: usize, index: usize): v128 {
  if (!masked) return i32x4.splat(-1);
  const flags = single ? v128.load8_splat(keep + index) : v128.load32_zero(keep + index);
  const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(flags));
  return i32x4.ne(wide, i32x4.splat(0));
}

export function checkVector(pointer: usize, count: i32): void {
  checkRange(pointer, (<usize>count) << 2);
}
