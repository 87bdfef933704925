/**
 * Optimizer steps, one pass over flat float32 vectors of `count` entries. `keep`, uint8 0 or 1 per entry, masks
 * gradients where its pointer is not 0: an entry with 0 does not move. `scale` multiplies every gradient (clipping).
 *
 * State below 2^-120 becomes 0, so that the decay of a silent coordinate never lingers among denormals, which many
 * processors compute a hundred times more slowly. The square root of that bound is 9e-19: far below any usable epsilon.
 */
import { checkVector, loadEntries, loadKeep, storeEntries } from "./entries";
import { checkRange, constant, fma } from "./simd";

const SMALLEST_STATE = memory.data<f32>([7.52316384526264e-37]);
const MAGNITUDE = memory.data<i32>([0x7fffffff]);

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
