/**
 * What is done with a gradient before a step. Flat float32 vectors of `count` entries; `keep`, uint8 0 or 1 per entry, leaves out the entries
 * with 0 where its pointer is not 0.
 */
import { checkVector, loadEntries, loadKeep, storeEntries } from "./entries";
import { checkRange, fma } from "./simd";

/** Euclidean norm of the kept entries, summed in float64 in a fixed order. Finite if and only if all of them are. */
export function gradientNorm(gradient: usize, keep: usize, count: i32): f64 {
  checkVector(gradient, count);
  if (keep) checkRange(keep, count);
  return sqrt(keep ? squareSum(true, gradient, keep, count) : squareSum(false, gradient, keep, count));
}

// @ts-ignore: decorator
@inline
function squareSum(masked: bool, gradient: usize, keep: usize, count: i32): f64 {
  let low = f64x2.splat(0);
  let high = low;
  let nextLow = low;
  let nextHigh = low;
  const whole = count & ~7;
  for (let i = 0; i < whole; i += 8) {
    const at = gradient + ((<usize>i) << 2);
    let g = v128.load(at);
    if (masked) g = v128.and(g, loadKeep(false, masked, keep, i));
    low = f64x2.add(low, squareLow(g));
    high = f64x2.add(high, squareHigh(g));
    g = v128.load(at, 16);
    if (masked) g = v128.and(g, loadKeep(false, masked, keep, i + 4));
    nextLow = f64x2.add(nextLow, squareLow(g));
    nextHigh = f64x2.add(nextHigh, squareHigh(g));
  }
  const both = f64x2.add(f64x2.add(low, high), f64x2.add(nextLow, nextHigh));
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (let i = whole; i < count; ++i) {
    if (masked && !load<u8>(keep + i)) continue;
    const g = <f64>load<f32>(gradient + ((<usize>i) << 2));
    sum += g * g;
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function squareLow(x: v128): v128 {
  const wide = f64x2.promote_low_f32x4(x);
  return f64x2.mul(wide, wide);
}

// @ts-ignore: decorator
@inline
function squareHigh(x: v128): v128 {
  return squareLow(v128.shuffle<u64>(x, x, 1, 1));
}

/** gradient += mu (parameters - start): the gradient of mu / 2 |parameters - start|^2, added in one pass. */
export function addProximalGradient(gradient: usize, parameters: usize, start: usize, mu: f64, count: i32): void {
  checkVector(gradient, count);
  checkVector(parameters, count);
  checkVector(start, count);
  const mus = f32x4.splat(<f32>mu);
  const whole = count & ~3;
  for (let i = 0; i < whole; i += 4) proximalEntries(false, gradient, parameters, start, mus, i);
  for (let i = whole; i < count; ++i) proximalEntries(true, gradient, parameters, start, mus, i);
}

// @ts-ignore: decorator
@inline
function proximalEntries(single: bool, gradient: usize, parameters: usize, start: usize, mu: v128, index: i32): void {
  const offset = (<usize>index) << 2;
  const moved = f32x4.sub(loadEntries(single, parameters + offset), loadEntries(single, start + offset));
  storeEntries(single, gradient + offset, fma(mu, moved, loadEntries(single, gradient + offset)));
}

/** sum += gradient, then gradient += correction, in one pass: a step along a gradient that a control variate corrects. */
export function addControlVariate(gradient: usize, correction: usize, sum: usize, count: i32): void {
  checkVector(gradient, count);
  checkVector(correction, count);
  checkVector(sum, count);
  const whole = count & ~3;
  for (let i = 0; i < whole; i += 4) controlledEntries(false, gradient, correction, sum, i);
  for (let i = whole; i < count; ++i) controlledEntries(true, gradient, correction, sum, i);
}

// @ts-ignore: decorator
@inline
function controlledEntries(single: bool, gradient: usize, correction: usize, sum: usize, index: i32): void {
  const offset = (<usize>index) << 2;
  const g = loadEntries(single, gradient + offset);
  storeEntries(single, sum + offset, f32x4.add(loadEntries(single, sum + offset), g));
  storeEntries(single, gradient + offset, f32x4.add(g, loadEntries(single, correction + offset)));
}
