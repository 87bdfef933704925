/**
 * The one place where the two release builds differ: `relaxed` fuses multiply and add where the engine can,
 * `simd` rounds twice and is bit-reproducible on every machine.
 */

/** a * b + c, lane by lane. */
// @ts-ignore: decorator
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/**
 * x, but 0 in the lanes where `tiny` is set: in the build that rounds products, as those of tiny numbers are denormal,
 * and many times slower than others. A fused product is not rounded by itself, and x stays what it is.
 */
// @ts-ignore: decorator
@inline
export function zeroWhere(tiny: v128, x: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? x : v128.andnot(x, tiny);
}

/**
 * The float32 or int32 at `pointer` in all lanes. For constants inside long expressions: a load costs one instruction,
 * where a literal costs three each time it is used (V8 since 12 keeps no vector literals in registers).
 */
// @ts-ignore: decorator
@inline
export function constant(pointer: usize): v128 {
  return v128.load32_splat(pointer);
}

/** Sum of the four lanes of an f32x4, in the fixed order (0 + 2) + (1 + 3). */
// @ts-ignore: decorator
@inline
export function horizontalSum(v: v128): f32 {
  const pairs = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/**
 * Copies whole float32, `bytes` of them in all. For short rows: the engine's own memory.copy is a call out of the
 * module.
 */
// @ts-ignore: decorator
@inline
export function copyFloats(from: usize, to: usize, bytes: usize): void {
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) v128.store(to + i, v128.load(from + i));
  for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(from + i));
}

/** In the debug build: traps unless [pointer, pointer + bytes) lies inside the memory. Nothing in release builds. */
// @ts-ignore: decorator
@inline
export function checkRange(pointer: usize, bytes: usize): void {
  assert(pointer + bytes <= (<usize>memory.size()) << 16, "pointer range lies outside the memory");
}
