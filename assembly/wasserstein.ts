/** Optimal transport on the line: sorting with ranks, and the exact W2 between two sorted samples. */
import { checkRange } from "./simd";

const digitBits: u32 = 11;
const buckets: usize = 1 << 11;
const digitMask: u32 = (1 << 11) - 1;

/** Bits of a float32 as an unsigned integer of the same order. */
// @ts-ignore: decorator
@inline
function orderedBits(bits: u32): u32 {
  return bits ^ (<u32>(<i32>bits >> 31) | 0x80000000);
}

// @ts-ignore: decorator
@inline
function floatBits(ordered: u32): u32 {
  return ordered ^ (ordered >> 31 ? 0x80000000 : 0xffffffff);
}

// @ts-ignore: decorator
@inline
function count(histogram: usize, digit: u32): void {
  const cell = histogram + ((<usize>digit) << 2);
  store<u32>(cell, load<u32>(cell) + 1);
}

/** The next free place of a digit's bucket. */
// @ts-ignore: decorator
@inline
function place(histogram: usize, digit: u32): usize {
  const cell = histogram + ((<usize>digit) << 2);
  const at = load<u32>(cell);
  store<u32>(cell, at + 1);
  return <usize>at;
}

function startsOfBuckets(histogram: usize): void {
  let start: u32 = 0;
  for (let cell = histogram; cell < histogram + (buckets << 2); cell += 4) {
    const size = load<u32>(cell);
    store<u32>(cell, start);
    start += size;
  }
}

/**
 * Stable ascending sort of values, f32 [n] without NaN, by three radix passes of 11 bits: sorted f32 [n], order i32 [n]
 * with sorted[r] = values[order[r]]. scratch: 16 n + 24576 bytes.
 */
export function argsort(values: usize, n: i32, sorted: usize, order: usize, scratch: usize): void {
  const length = <usize>n;
  checkRange(values, length << 2);
  checkRange(sorted, length << 2);
  checkRange(order, length << 2);
  checkRange(scratch, (length << 4) + buckets * 12);
  const low = scratch;
  const middle = low + (buckets << 2);
  const high = middle + (buckets << 2);
  const first = high + (buckets << 2);
  const second = first + (length << 3);
  memory.fill(scratch, 0, buckets * 12);
  for (let i: usize = 0; i < length; i++) {
    const key = orderedBits(load<u32>(values + (i << 2)));
    count(low, key & digitMask);
    count(middle, (key >> digitBits) & digitMask);
    count(high, key >> (2 * digitBits));
  }
  startsOfBuckets(low);
  startsOfBuckets(middle);
  startsOfBuckets(high);
  for (let i: usize = 0; i < length; i++) {
    const key = orderedBits(load<u32>(values + (i << 2)));
    store<u64>(first + (place(low, key & digitMask) << 3), ((<u64>key) << 32) | <u64>i);
  }
  for (let i: usize = 0; i < length; i++) {
    const entry = load<u64>(first + (i << 3));
    store<u64>(second + (place(middle, (<u32>(entry >> 32) >> digitBits) & digitMask) << 3), entry);
  }
  for (let i: usize = 0; i < length; i++) {
    const entry = load<u64>(second + (i << 3));
    const key = <u32>(entry >> 32);
    const at = place(high, key >> (2 * digitBits)) << 2;
    store<u32>(sorted + at, floatBits(key));
    store<u32>(order + at, <u32>entry);
  }
}

// @ts-ignore: decorator
@inline
function squaredGap(a: usize, i: usize, b: usize, j: usize): f64 {
  const gap = <f64>load<f32>(a + (i << 2)) - <f64>load<f32>(b + (j << 2));
  return gap * gap;
}

// @ts-ignore: decorator
@inline
function addPotential(potential: usize, order: usize, rank: usize, value: f64): void {
  const cell = potential + ((<usize>load<u32>(order + (rank << 2))) << 3);
  store<f64>(cell, load<f64>(cell) + value);
}

/**
 * W2^2 between the empirical laws of a and b from their sorted values, f32 [n] and [m], by merging the quantile
 * functions. Adds the Kantorovich potentials phi_i, psi_j (phi_i + psi_j = (a_i - b_j)^2 on the coupling, mean phi +
 * mean psi = W2^2) to potentialA, potentialB, f64 [n] and [m], at the rows that orderA, orderB name. Where the coupling
 * leaves potentials free (n = m) the middle of the feasible interval is taken.
 */
export function wasserstein1d(
  a: usize,
  orderA: usize,
  n: i32,
  b: usize,
  orderB: usize,
  m: i32,
  potentialA: usize,
  potentialB: usize,
): f64 {
  checkRange(a, (<usize>n) << 2);
  checkRange(b, (<usize>m) << 2);
  checkRange(potentialA, (<usize>n) << 3);
  checkRange(potentialB, (<usize>m) << 3);
  const stepA = <f64>m;
  const stepB = <f64>n;
  const whole = stepA * stepB;
  let i: usize = 0;
  let j: usize = 0;
  let endA = stepA;
  let endB = stepB;
  let position: f64 = 0;
  let total: f64 = 0;
  let phi: f64 = 0;
  let psi = squaredGap(a, 0, b, 0);
  let cost = psi;
  addPotential(potentialA, orderA, 0, phi);
  addPotential(potentialB, orderB, 0, psi);
  while (true) {
    const end = min(endA, endB);
    total += cost * (end - position);
    position = end;
    if (end == whole) break;
    if (endA == endB) {
      cost = squaredGap(a, i + 1, b, j + 1);
      const upper = squaredGap(a, i + 1, b, j) - psi;
      const lower = cost - squaredGap(a, i, b, j + 1) + phi;
      phi = 0.5 * (upper + lower);
      psi = cost - phi;
      i++;
      j++;
      endA += stepA;
      endB += stepB;
      addPotential(potentialA, orderA, i, phi);
      addPotential(potentialB, orderB, j, psi);
    } else if (endA < endB) {
      i++;
      endA += stepA;
      cost = squaredGap(a, i, b, j);
      phi = cost - psi;
      addPotential(potentialA, orderA, i, phi);
    } else {
      j++;
      endB += stepB;
      cost = squaredGap(a, i, b, j);
      psi = cost - phi;
      addPotential(potentialB, orderB, j, psi);
    }
  }
  return total / whole;
}
