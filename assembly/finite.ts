import { checkRange } from "./simd";

/** How many of x [n] are NaN or infinite: exponents of all ones. */
export function countNonFinite(x: usize, n: i32): i32 {
  checkRange(x, (<usize>n) << 2);
  const exponent = i32x4.splat(0x7f800000);
  let found = i32x4.splat(0);
  const end = x + ((<usize>n) << 2);
  while (x + 16 <= end) {
    found = i32x4.sub(found, i32x4.eq(v128.and(v128.load(x), exponent), exponent));
    x += 16;
  }
  let count = i32x4.extract_lane(found, 0) + i32x4.extract_lane(found, 1);
  count += i32x4.extract_lane(found, 2) + i32x4.extract_lane(found, 3);
  while (x < end) {
    count += i32((load<u32>(x) & 0x7f800000) == 0x7f800000);
    x += 4;
  }
  return count;
}
