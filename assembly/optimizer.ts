/**
 * Optimizer steps, one pass over flat float32 vectors of `count` entries. `keep`, uint8 0 or 1 per entry, masks
 * gradients where its pointer is not 0: an entry with 0 does not move. `scale` multiplies every gradient (clipping).
 *
 * State below 2^-120 becomes 0, so that the decay of a silent coordinate never lingers among denormals, which many
 * processors compute a hundred times more slowly. The square root of that bound is 9e-19: far below any usable epsilon.
 */
import { checkRange, constant, fma } from "./simd";

const SMALLEST_STATE = memory.data<f32>([7.52316384526264e-37]);
const MAGNITUDE = memory.data<i32>([0x7fffffff]);

/** Four entries, or the first one of the four for tails: the same arithmetic for both. */
// @ts-ignore: decorator
@inline
function loadEntries(single: bool, pointer: usize): v128 {
  return single ? v128.load32_zero(pointer) : v128.load(pointer);
}

// @ts-ignore: decorator
@inline
function storeEntries(single: bool, pointer: usize, values: v128): void {
  if (single) v128.store_lane<f32>(pointer, values, 0);
  else v128.store(pointer, values);
}

/** All ones in the lanes that may move. `masked` says whether there is a `keep` at all. */
// @ts-ignore: decorator
@inline
function loadKeep(single: bool, masked: bool, keep: usize, index: usize): v128 {
  if (!masked) return i32x4.splat(-1);
  const flags = single ? v128.load8_splat(keep + index) : v128.load32_zero(keep + index);
  const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(flags));
  return i32x4.ne(wide, i32x4.splat(0));
}

// @ts-ignore: decorator
@inline
function loadGradient(single: bool, masked: bool, gradient: usize, mask: v128, scale: v128): v128 {
  const scaled = f32x4.mul(loadEntries(single, gradient), scale);
  return masked ? v128.and(scaled, mask) : scaled;
}

/** Zero where the magnitude is below SMALLEST_STATE; NaN stays. */
// @ts-ignore: decorator
@inline
function flush(state: v128): v128 {
  return v128.andnot(state, f32x4.lt(v128.and(state, constant(MAGNITUDE)), constant(SMALLEST_STATE)));
}

function checkVector(pointer: usize, count: i32): void {
  checkRange(pointer, (<usize>count) << 2);
}

/** parameters -= learningRate gradient. */
export function sgdStep(
  parameters: usize,
  gradient: usize,
  keep: usize,
  scale: f64,
  learningRate: f64,
  count: i32,
): void {
  checkVector(parameters, count);
  checkVector(gradient, count);
  if (keep) checkRange(keep, count);
  if (keep) sgdAll(true, parameters, gradient, keep, f32x4.splat(<f32>scale), f32x4.splat(<f32>-learningRate), count);
  else sgdAll(false, parameters, gradient, keep, f32x4.splat(<f32>scale), f32x4.splat(<f32>-learningRate), count);
}

// @ts-ignore: decorator
@inline
function sgdAll(
  masked: bool,
  parameters: usize,
  gradient: usize,
  keep: usize,
  scale: v128,
  rate: v128,
  count: i32,
): void {
  const whole = count & ~3;
  for (let i = 0; i < whole; i += 4) sgdEntries(false, masked, parameters, gradient, keep, scale, rate, i);
  for (let i = whole; i < count; ++i) sgdEntries(true, masked, parameters, gradient, keep, scale, rate, i);
}

/** `rate` is -learningRate. */
// @ts-ignore: decorator
@inline
function sgdEntries(
  single: bool,
  masked: bool,
  parameters: usize,
  gradient: usize,
  keep: usize,
  scale: v128,
  rate: v128,
  index: i32,
): void {
  const offset = (<usize>index) << 2;
  const mask = loadKeep(single, masked, keep, index);
  const g = loadGradient(single, masked, gradient + offset, mask, scale);
  storeEntries(single, parameters + offset, fma(rate, g, loadEntries(single, parameters + offset)));
}

/** velocity = momentum velocity + gradient; parameters -= learningRate velocity (heavy ball, as in PyTorch's SGD). */
export function momentumStep(
  parameters: usize,
  gradient: usize,
  velocity: usize,
  keep: usize,
  scale: f64,
  learningRate: f64,
  momentum: f64,
  count: i32,
): void {
  checkVector(parameters, count);
  checkVector(gradient, count);
  checkVector(velocity, count);
  if (keep) checkRange(keep, count);
  const scales = f32x4.splat(<f32>scale);
  const rate = f32x4.splat(<f32>-learningRate);
  const decay = f32x4.splat(<f32>momentum);
  if (keep) momentumAll(true, parameters, gradient, velocity, keep, scales, rate, decay, count);
  else momentumAll(false, parameters, gradient, velocity, keep, scales, rate, decay, count);
}

// @ts-ignore: decorator
@inline
function momentumAll(
  masked: bool,
  parameters: usize,
  gradient: usize,
  velocity: usize,
  keep: usize,
  scale: v128,
  rate: v128,
  momentum: v128,
  count: i32,
): void {
  const whole = count & ~3;
  for (let i = 0; i < whole; i += 4) {
    momentumEntries(false, masked, parameters, gradient, velocity, keep, scale, rate, momentum, i);
  }
  for (let i = whole; i < count; ++i) {
    momentumEntries(true, masked, parameters, gradient, velocity, keep, scale, rate, momentum, i);
  }
}

/** `rate` is -learningRate. */
// @ts-ignore: decorator
@inline
function momentumEntries(
  single: bool,
  masked: bool,
  parameters: usize,
  gradient: usize,
  velocity: usize,
  keep: usize,
  scale: v128,
  rate: v128,
  momentum: v128,
  index: i32,
): void {
  const offset = (<usize>index) << 2;
  const mask = loadKeep(single, masked, keep, index);
  const g = loadGradient(single, masked, gradient + offset, mask, scale);
  const u = flush(fma(momentum, loadEntries(single, velocity + offset), g));
  storeEntries(single, velocity + offset, u);
  const move = masked ? v128.and(u, mask) : u;
  storeEntries(single, parameters + offset, fma(rate, move, loadEntries(single, parameters + offset)));
}

/**
 * Adam (Kingma and Ba, arXiv 1412.6980) with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101):
 * first = beta1 first + (1 - beta1) g; second = beta2 second + (1 - beta2) g^2;
 * parameters = decay parameters - stepSize first / (sqrt(second) rootCorrection + epsilon).
 * The caller computes stepSize = learningRate / (1 - beta1^t), rootCorrection = 1 / sqrt(1 - beta2^t) and
 * decay = 1 - learningRate weightDecay.
 */
export function adamStep(
  parameters: usize,
  gradient: usize,
  first: usize,
  second: usize,
  keep: usize,
  scale: f64,
  beta1: f64,
  beta2: f64,
  stepSize: f64,
  rootCorrection: f64,
  epsilon: f64,
  decay: f64,
  count: i32,
): void {
  checkVector(parameters, count);
  checkVector(gradient, count);
  checkVector(first, count);
  checkVector(second, count);
  if (keep) checkRange(keep, count);
  const scales = f32x4.splat(<f32>scale);
  const b1 = f32x4.splat(<f32>beta1);
  const b2 = f32x4.splat(<f32>beta2);
  const share1 = f32x4.splat(<f32>(1 - beta1));
  const share2 = f32x4.splat(<f32>(1 - beta2));
  const rate = f32x4.splat(<f32>-stepSize);
  const correction = f32x4.splat(<f32>rootCorrection);
  const floor = f32x4.splat(<f32>epsilon);
  const decays = f32x4.splat(<f32>decay);
  if (keep)
    adamAll(
      true,
      parameters,
      gradient,
      first,
      second,
      keep,
      scales,
      b1,
      share1,
      b2,
      share2,
      rate,
      correction,
      floor,
      decays,
      count,
    );
  else
    adamAll(
      false,
      parameters,
      gradient,
      first,
      second,
      keep,
      scales,
      b1,
      share1,
      b2,
      share2,
      rate,
      correction,
      floor,
      decays,
      count,
    );
}

// @ts-ignore: decorator
@inline
function adamAll(
  masked: bool,
  parameters: usize,
  gradient: usize,
  first: usize,
  second: usize,
  keep: usize,
  scale: v128,
  beta1: v128,
  share1: v128,
  beta2: v128,
  share2: v128,
  rate: v128,
  correction: v128,
  floor: v128,
  decay: v128,
  count: i32,
): void {
  const whole = count & ~3;
  for (let i = 0; i < whole; i += 4) {
    adamEntries(
      false,
      masked,
      parameters,
      gradient,
      first,
      second,
      keep,
      scale,
      beta1,
      share1,
      beta2,
      share2,
      rate,
      correction,
      floor,
      decay,
      i,
    );
  }
  for (let i = whole; i < count; ++i) {
    adamEntries(
      true,
      masked,
      parameters,
      gradient,
      first,
      second,
      keep,
      scale,
      beta1,
      share1,
      beta2,
      share2,
      rate,
      correction,
      floor,
      decay,
      i,
    );
  }
}

/** share is 1 - beta, rate -stepSize, correction rootCorrection and floor epsilon. */
// @ts-ignore: decorator
@inline
function adamEntries(
  single: bool,
  masked: bool,
  parameters: usize,
  gradient: usize,
  first: usize,
  second: usize,
  keep: usize,
  scale: v128,
  beta1: v128,
  share1: v128,
  beta2: v128,
  share2: v128,
  rate: v128,
  correction: v128,
  floor: v128,
  decay: v128,
  index: i32,
): void {
  const offset = (<usize>index) << 2;
  const mask = loadKeep(single, masked, keep, index);
  const g = loadGradient(single, masked, gradient + offset, mask, scale);
  const m = flush(fma(beta1, loadEntries(single, first + offset), f32x4.mul(share1, g)));
  const v = flush(fma(beta2, loadEntries(single, second + offset), f32x4.mul(share2, f32x4.mul(g, g))));
  storeEntries(single, first + offset, m);
  storeEntries(single, second + offset, v);
  const move = f32x4.div(m, fma(f32x4.sqrt(v), correction, floor));
  const p = loadEntries(single, parameters + offset);
  const moved = fma(rate, move, f32x4.mul(p, decay));
  storeEntries(single, parameters + offset, masked ? v128.bitselect(moved, p, mask) : moved);
}

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
