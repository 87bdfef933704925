/**
 * Philox4x32-10 streams. `first` is the index of the first number written (0 <= first, first + count <= 2^34), seedLow
 * and seedHigh are the key, step, client and tag counter words 1 to 3: see streamWords in src/kernels/random.ts.
 * Cutting a range anywhere gives the same numbers.
 */
import { makeNumbers, Output, philox32 } from "./philox";
import { checkRange, copyFloats, fma } from "./simd";

/**
 * How many times 32 words are made before numbers are made of them: each of the two is fastest right behind its like.
 */
const AHEAD: i32 = 8;

/** Where numbers are made of which only a part is wanted, or which are not kept: AHEAD times 32. */
const partial = memory.data(1024, 16);

/** Numbers that are made at once to be used and forgotten. */
const NEAR: i32 = AHEAD << 5;
const near = memory.data(1024, 16);

/**
 * Numbers [first, first + count) of the stream with Philox key (seedLow, seedHigh) and counter words (block, step,
 * client, tag). Group g of 16 numbers comes from blocks 4 g to 4 g + 3 (order within it: see philox32), so a number
 * depends on its index alone, not on where a range starts or ends. Needs first >= 0 and first + count <= 2^34.
 */
function fill(
  kind: Output,
  out: usize,
  count: i32,
  first: f64,
  seedLow: u32,
  seedHigh: u32,
  step: u32,
  client: u32,
  tag: u32,
  bound: u32,
): void {
  checkRange(out, (<usize>count) << 2);
  const k0 = i32x4.splat(seedLow);
  const k1 = i32x4.splat(seedHigh);
  const c1 = i32x4.splat(step);
  const c2 = i32x4.splat(client);
  const c3 = i32x4.splat(tag);
  const limit = i32x4.splat(bound);
  const begin = <u64>first;
  let skip = <i32>begin & 15;
  let block = i32x4.add(i32x4.splat((<u32>(begin >> 4)) << 2), i32x4(0, 1, 2, 3));
  while (count > 0) {
    const whole = skip ? 0 : min(count >> 5, AHEAD);
    const target = whole ? out : partial;
    const end = target + ((<usize>max(whole, 1)) << 7);
    for (let at = target; at < end; at += 128) {
      philox32(at, block, c1, c2, c3, k0, k1);
      block = i32x4.add(block, i32x4.splat(8));
    }
    makeNumbers(kind, target, end, limit);
    const taken = whole ? whole << 5 : min(32 - skip, count);
    if (!whole) copyFloats(partial + ((<usize>skip) << 2), out, (<usize>taken) << 2);
    out += (<usize>taken) << 2;
    count -= taken;
    skip = 0;
  }
}

/** out u32 [count]: the raw words. */
export function bitsFill(
  out: usize,
  count: i32,
  first: f64,
  seedLow: u32,
  seedHigh: u32,
  step: u32,
  client: u32,
  tag: u32,
): void {
  fill(Output.bits, out, count, first, seedLow, seedHigh, step, client, tag, 0);
}

/** out f32 [count], uniform on the open interval (0, 1). */
export function uniformFill(
  out: usize,
  count: i32,
  first: f64,
  seedLow: u32,
  seedHigh: u32,
  step: u32,
  client: u32,
  tag: u32,
): void {
  fill(Output.uniform, out, count, first, seedLow, seedHigh, step, client, tag, 0);
}

/** out f32 [count], standard normal. */
export function normalFill(
  out: usize,
  count: i32,
  first: f64,
  seedLow: u32,
  seedHigh: u32,
  step: u32,
  client: u32,
  tag: u32,
): void {
  fill(Output.normal, out, count, first, seedLow, seedHigh, step, client, tag, 0);
}

/**
 * out u32 [count] in [0, bound), 1 <= bound < 2^32: the high word of bits * bound, whose bias is below bound / 2^32.
 */
export function indexFill(
  out: usize,
  count: i32,
  bound: u32,
  first: f64,
  seedLow: u32,
  seedHigh: u32,
  step: u32,
  client: u32,
  tag: u32,
): void {
  fill(Output.index, out, count, first, seedLow, seedHigh, step, client, tag, bound);
}

/**
 * out f32 [count] += scale times the numbers [0, count) of a stream of standard normals: see normalFill. They are added
 * while they are near, so that out is read once and no other memory is needed.
 */
export function normalAdd(
  out: usize,
  count: i32,
  scale: f32,
  seedLow: u32,
  seedHigh: u32,
  step: u32,
  client: u32,
  tag: u32,
): void {
  checkRange(out, (<usize>count) << 2);
  const scale4 = f32x4.splat(scale);
  for (let first = 0; first < count; first += NEAR) {
    const taken = min(NEAR, count - first);
    fill(Output.normal, near, taken, first, seedLow, seedHigh, step, client, tag, 0);
    const last = (<usize>taken) << 2;
    let at: usize = 0;
    for (; at + 16 <= last; at += 16) {
      v128.store(out + at, fma(scale4, v128.load(near + at), v128.load(out + at)));
    }
    for (; at < last; at += 4) {
      const sum = fma(scale4, v128.load32_zero(near + at), v128.load32_zero(out + at));
      v128.store32_lane(out + at, sum, 0);
    }
    out += last;
  }
}

/**
 * The indices i < count at which word i of the stream lies below `threshold`, 0 to 2^32, in ascending order: each is
 * there with probability threshold / 2^32, independently. out u32 has room for `count`; returns how many were written.
 */
export function drawnIndices(
  out: usize,
  count: i32,
  threshold: f64,
  seedLow: u32,
  seedHigh: u32,
  step: u32,
  client: u32,
  tag: u32,
): i32 {
  checkRange(out, (<usize>count) << 2);
  const limit = <u64>threshold;
  let drawn: usize = 0;
  for (let first = 0; first < count; first += NEAR) {
    const words = min(NEAR, count - first);
    fill(Output.bits, near, words, first, seedLow, seedHigh, step, client, tag, 0);
    for (let i = 0; i < words; ++i) {
      store<u32>(out + (drawn << 2), first + i);
      drawn += <usize>(<u64>load<u32>(near + ((<usize>i) << 2)) < limit);
    }
  }
  return <i32>drawn;
}
