/**
 * Denoising score matching: corrupting a batch, the weighted loss and its gradient, and the way from a network's output
 * to a denoised point. A level table has one row a noise level: levelHeader coefficients, then the noise features.
 */
import { LevelColumn, levelHeader } from "../src/kernels/codes";
import { checkRange, copyFloats, fma } from "./simd";

const ALPHA: usize = LevelColumn.alpha << 2;
const SIGMA: usize = LevelColumn.sigma << 2;
const C_IN: usize = LevelColumn.cIn << 2;
const TARGET_DATA: usize = LevelColumn.targetData << 2;
const TARGET_NOISE: usize = LevelColumn.targetNoise << 2;
const WEIGHT: usize = LevelColumn.weight << 2;
const HEADER: usize = levelHeader << 2;

/** out[i] = a x[i] + b y[i] for i < n. */
// @ts-ignore: decorator
@inline
function combine(x: usize, a: f32, y: usize, b: f32, n: i32, out: usize): void {
  const av = f32x4.splat(a);
  const bv = f32x4.splat(b);
  const end = out + ((<usize>n) << 2);
  while (out + 16 <= end) {
    v128.store(out, fma(av, v128.load(x), f32x4.mul(bv, v128.load(y))));
    x += 16;
    y += 16;
    out += 16;
  }
  while (out < end) {
    const value = fma(av, f32x4.splat(load<f32>(x)), f32x4.mul(bv, f32x4.splat(load<f32>(y))));
    store<f32>(out, f32x4.extract_lane(value, 0));
    x += 4;
    y += 4;
    out += 4;
  }
}

/**
 * Corrupts a batch: sample b takes row rowIndex[b] of points as x_0, row levelIndex[b] of the level table and
 * noise[b]; x = alpha x_0 + sigma noise; input[b] = [cIn x, features], target[b] = targetData x_0 + targetNoise noise.
 * points f32 [.., pointStride], rowIndex u32 [batch], levels f32 [.., levelHeader + features], levelIndex u32 [batch],
 * noise f32 [batch, dimension]; input [batch, dimension + features], target [batch, dimension] and weight [batch] are
 * written. Where the pointer of conditions, f32 [batch, conditionWidth], is not 0, the features go to the start of its
 * rows and input is [batch, dimension].
 */
export function dsmBatch(
  points: usize,
  pointStride: i32,
  rowIndex: usize,
  dimension: i32,
  levels: usize,
  levelIndex: usize,
  features: i32,
  noise: usize,
  batch: i32,
  input: usize,
  conditions: usize,
  conditionWidth: i32,
  target: usize,
  weight: usize,
): void {
  const bytes = (<usize>dimension) << 2;
  const pointBytes = (<usize>pointStride) << 2;
  const featureBytes = (<usize>features) << 2;
  const inputBytes = conditions ? bytes : bytes + featureBytes;
  const conditionBytes = conditions ? (<usize>conditionWidth) << 2 : inputBytes;
  if (!conditions) conditions = input + bytes;
  checkRange(input, inputBytes * <usize>batch);
  checkRange(target, bytes * <usize>batch);
  checkRange(noise, bytes * <usize>batch);
  for (let b = 0; b < batch; b++) {
    const x0 = points + <usize>load<u32>(rowIndex + ((<usize>b) << 2)) * pointBytes;
    const level = levels + <usize>load<u32>(levelIndex + ((<usize>b) << 2)) * (HEADER + featureBytes);
    const cIn = load<f32>(level, C_IN);
    combine(x0, cIn * load<f32>(level, ALPHA), noise, cIn * load<f32>(level, SIGMA), dimension, input);
    combine(x0, load<f32>(level, TARGET_DATA), noise, load<f32>(level, TARGET_NOISE), dimension, target);
    copyFloats(level + HEADER, conditions, featureBytes);
    store<f32>(weight + ((<usize>b) << 2), load<f32>(level, WEIGHT));
    input += inputBytes;
    conditions += conditionBytes;
    target += bytes;
    noise += bytes;
  }
}

/**
 * The class of each sample of a batch: column `dimension` of row rowIndex[b] of points f32 [.., pointStride], or none, which is `classes`, where
 * that is no class or uniforms[b] < dropout (Ho, Salimans 2022, arXiv 2207.12598). The last classes + 1 columns of conditions f32 [batch, width]
 * are written: 1 in the column of the class, else 0.
 */
export function classConditions(
  points: usize,
  pointStride: i32,
  dimension: i32,
  rowIndex: usize,
  uniforms: usize,
  dropout: f32,
  classes: i32,
  batch: i32,
  conditions: usize,
  width: i32,
): void {
  const rowBytes = (<usize>width) << 2;
  checkRange(conditions, rowBytes * <usize>batch);
  checkRange(uniforms, (<usize>batch) << 2);
  for (let b: usize = 0; b < <usize>batch; b++) {
    const row = <usize>load<u32>(rowIndex + (b << 2)) * <usize>pointStride + <usize>dimension;
    const label = <i32>load<f32>(points + (row << 2));
    const dropped = load<f32>(uniforms + (b << 2)) < dropout || label < 0 || label >= classes;
    const first = conditions + rowBytes * b + rowBytes - ((<usize>classes + 1) << 2);
    memory.fill(first, 0, (<usize>classes + 1) << 2);
    store<f32>(first + ((<usize>(dropped ? classes : label)) << 2), 1);
  }
}

/**
 * Mean over the batch of weight[b] |output[b] - target[b]|^2, in float64; gradient = d loss / d output, [batch,
 * dimension].
 */
export function dsmLoss(output: usize, target: usize, weight: usize, batch: i32, dimension: i32, gradient: usize): f64 {
  const bytes = (<usize>dimension) << 2;
  checkRange(output, bytes * <usize>batch);
  checkRange(gradient, bytes * <usize>batch);
  let loss: f64 = 0;
  for (let b = 0; b < batch; b++) {
    const w = load<f32>(weight + ((<usize>b) << 2));
    const scale = <f32>((2.0 * <f64>w) / <f64>batch);
    const scales = f32x4.splat(scale);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    let offset: usize = 0;
    for (; offset + 16 <= bytes; offset += 16) {
      const difference = f32x4.sub(v128.load(output + offset), v128.load(target + offset));
      v128.store(gradient + offset, f32x4.mul(scales, difference));
      const first = f64x2.promote_low_f32x4(difference);
      const second = f64x2.promote_low_f32x4(v128.shuffle<f32>(difference, difference, 2, 3, 0, 1));
      low = f64x2.add(low, f64x2.mul(first, first));
      high = f64x2.add(high, f64x2.mul(second, second));
    }
    const sums = f64x2.add(low, high);
    let row = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
    for (; offset < bytes; offset += 4) {
      const difference = load<f32>(output + offset) - load<f32>(target + offset);
      row += <f64>difference * <f64>difference;
      store<f32>(gradient + offset, scale * difference);
    }
    loss += <f64>w * row;
    output += bytes;
    target += bytes;
    gradient += bytes;
  }
  return loss / <f64>batch;
}

/** out[i] = a x[i] + b y[i] for i < n: denoised = cSkip x + cOut F. out may be x or y. */
export function linearCombination(x: usize, a: f32, y: usize, b: f32, n: i32, out: usize): void {
  checkRange(x, (<usize>n) << 2);
  checkRange(y, (<usize>n) << 2);
  checkRange(out, (<usize>n) << 2);
  combine(x, a, y, b, n, out);
}
