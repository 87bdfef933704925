/**
 * Optimizer steps, one pass over the flat vectors. `keep`, uint8 0 or 1 per entry, masks gradients where its pointer is not
 * 0: an entry with 0 does not move. `scale` multiplies every gradient (clipping).
 *
 * State below 2^-120 becomes 0, so that the decay of a silent coordinate never lingers among denormals, which many
 * processors compute a hundred times more slowly. The square root of that bound is 9e-19: far below any usable epsilon.
 */
import { checkRange, fma } from "./simd";

const smallestState: f32 = 7.52316384526264e-37;

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

/** All ones in the lanes that may move. */
// @ts-ignore: decorator
@inline
function loadKeep(single: bool, keep: usize, index: usize): v128 {
  if (!keep) return i32x4.splat(-1);
  const flags = single ? v128.load8_splat(keep + index) : v128.load32_zero(keep + index);
  const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(flags));
  return i32x4.ne(wide, i32x4.splat(0));
}

// @ts-ignore: decorator
@inline
function loadGradient(single: bool, gradient: usize, keep: v128, scale: v128): v128 {
  return v128.and(f32x4.mul(loadEntries(single, gradient), scale), keep);
}

/** Zero where the magnitude is below smallestState; NaN stays. */
// @ts-ignore: decorator
@inline
function flush(state: v128): v128 {
  return v128.andnot(state, f32x4.lt(f32x4.abs(state), f32x4.splat(smallestState)));
}

function checkVector(pointer: usize, count: i32): void {
  checkRange(pointer, <usize>count << 2);
}

/** parameters -= learningRate gradient. */
export function sgdStep(parameters: usize, gradient: usize, keep: usize, scale: f64, learningRate: f64, count: i32): void {
  checkVector(parameters, count);
  checkVector(gradient, count);
  if (keep) checkRange(keep, count);
  const whole = count & ~3;
  for (let i = 0; i < whole; i += 4) sgdEntries(false, parameters, gradient, keep, scale, learningRate, i);
  for (let i = whole; i < count; ++i) sgdEntries(true, parameters, gradient, keep, scale, learningRate, i);
}

// @ts-ignore: decorator
@inline
function sgdEntries(
  single: bool,
  parameters: usize,
  gradient: usize,
  keep: usize,
  scale: f64,
  learningRate: f64,
  index: i32,
): void {
  const offset = <usize>index << 2;
  const mask = loadKeep(single, keep, index);
  const g = loadGradient(single, gradient + offset, mask, f32x4.splat(<f32>scale));
  const p = loadEntries(single, parameters + offset);
  storeEntries(single, parameters + offset, fma(f32x4.splat(<f32>-learningRate), g, p));
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
  const whole = count & ~3;
  for (let i = 0; i < whole; i += 4) {
    momentumEntries(false, parameters, gradient, velocity, keep, scale, learningRate, momentum, i);
  }
  for (let i = whole; i < count; ++i) {
    momentumEntries(true, parameters, gradient, velocity, keep, scale, learningRate, momentum, i);
  }
}

// @ts-ignore: decorator
@inline
function momentumEntries(
  single: bool,
  parameters: usize,
  gradient: usize,
  velocity: usize,
  keep: usize,
  scale: f64,
  learningRate: f64,
  momentum: f64,
  index: i32,
): void {
  const offset = <usize>index << 2;
  const mask = loadKeep(single, keep, index);
  const g = loadGradient(single, gradient + offset, mask, f32x4.splat(<f32>scale));
  const u = flush(fma(f32x4.splat(<f32>momentum), loadEntries(single, velocity + offset), g));
  const p = loadEntries(single, parameters + offset);
  storeEntries(single, velocity + offset, u);
  storeEntries(single, parameters + offset, fma(f32x4.splat(<f32>-learningRate), v128.and(u, mask), p));
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
  const whole = count & ~3;
  for (let i = 0; i < whole; i += 4) {
    adamEntries(false, parameters, gradient, first, second, keep, scale, beta1, beta2, stepSize, rootCorrection, epsilon, decay, i);
  }
  for (let i = whole; i < count; ++i) {
    adamEntries(true, parameters, gradient, first, second, keep, scale, beta1, beta2, stepSize, rootCorrection, epsilon, decay, i);
  }
}

// @ts-ignore: decorator
@inline
function adamEntries(
  single: bool,
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
  index: i32,
): void {
  const offset = <usize>index << 2;
  const mask = loadKeep(single, keep, index);
  const g = loadGradient(single, gradient + offset, mask, f32x4.splat(<f32>scale));
  const gShare = f32x4.mul(f32x4.splat(<f32>(1 - beta1)), g);
  const squareShare = f32x4.mul(f32x4.splat(<f32>(1 - beta2)), f32x4.mul(g, g));
  const m = flush(fma(f32x4.splat(<f32>beta1), loadEntries(single, first + offset), gShare));
  const v = flush(fma(f32x4.splat(<f32>beta2), loadEntries(single, second + offset), squareShare));
  storeEntries(single, first + offset, m);
  storeEntries(single, second + offset, v);
  const root = fma(f32x4.sqrt(v), f32x4.splat(<f32>rootCorrection), f32x4.splat(<f32>epsilon));
  const move = v128.and(f32x4.div(m, root), mask);
  const shrink = v128.bitselect(f32x4.splat(<f32>decay), f32x4.splat(1), mask);
  const p = f32x4.mul(loadEntries(single, parameters + offset), shrink);
  storeEntries(single, parameters + offset, fma(f32x4.splat(<f32>-stepSize), move, p));
}

/** Euclidean norm of the kept entries, summed in float64 in a fixed order. Finite if and only if all of them are. */
export function gradientNorm(gradient: usize, keep: usize, count: i32): f64 {
  checkVector(gradient, count);
  if (keep) checkRange(keep, count);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const whole = count & ~3;
  for (let i = 0; i < whole; i += 4) {
    const g = v128.and(v128.load(gradient + (<usize>i << 2)), loadKeep(false, keep, i));
    const g01 = f64x2.promote_low_f32x4(g);
    const g23 = f64x2.promote_low_f32x4(v128.shuffle<f32>(g, g, 2, 3, 0, 1));
    low = f64x2.add(low, f64x2.mul(g01, g01));
    high = f64x2.add(high, f64x2.mul(g23, g23));
  }
  const both = f64x2.add(low, high);
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (let i = whole; i < count; ++i) {
    if (keep && !load<u8>(keep + i)) continue;
    const g = <f64>load<f32>(gradient + (<usize>i << 2));
    sum += g * g;
  }
  return sqrt(sum);
}

/** average += (1 - decay) (values - average): the exponential moving average of parameters. */
export function emaUpdate(average: usize, values: usize, decay: f64, count: i32): void {
  checkVector(average, count);
  checkVector(values, count);
  const whole = count & ~3;
  for (let i = 0; i < whole; i += 4) emaEntries(false, average, values, decay, i);
  for (let i = whole; i < count; ++i) emaEntries(true, average, values, decay, i);
}

// @ts-ignore: decorator
@inline
function emaEntries(single: bool, average: usize, values: usize, decay: f64, index: i32): void {
  const offset = <usize>index << 2;
  const a = loadEntries(single, average + offset);
  const step = f32x4.sub(loadEntries(single, values + offset), a);
  storeEntries(single, average + offset, fma(f32x4.splat(<f32>(1 - decay)), step, a));
}
