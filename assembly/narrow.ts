/**
 * The gradient of a linear map from few inputs. The register tiles of assembly/microkernel.ts would turn delta over, which costs as much as
 * these products do.
 */
import { checkMatrix } from "./multiply";
import { checkRange, fma } from "./simd";

/**
 * weights [fanOut, fanIn] = the transpose of delta [rows, fanOut] times input [rows, fanIn], bias [fanOut] = column sums of delta; rows added in
 * ascending order. deltaStride, in floats, is at least fanOut rounded up to 8.
 */
export function narrowGradient(
  delta: usize,
  deltaStride: i32,
  input: usize,
  inputStride: i32,
  rows: i32,
  fanIn: i32,
  fanOut: i32,
  weights: usize,
  bias: usize,
): void {
  checkMatrix(delta, deltaStride, rows, (fanOut + 7) & ~7);
  checkMatrix(input, inputStride, rows, fanIn);
  checkMatrix(weights, fanIn, fanOut, fanIn);
  checkRange(bias, (<usize>fanOut) << 2);
  const step = (<usize>deltaStride) << 2;
  const inputStep = (<usize>inputStride) << 2;
  const weightStep = (<usize>fanIn) << 2;
  for (let unit = 0; unit < fanOut; unit += 8) {
    const units = min(8, fanOut - unit);
    const from = delta + ((<usize>unit) << 2);
    const to = weights + weightStep * <usize>unit;
    sums(from, step, rows, units, bias + ((<usize>unit) << 2));
    let left = fanIn;
    let at: usize = 0;
    for (; left >= 4; left -= 4, at += 16)
      columns(4, from, step, input + at, inputStep, rows, to + at, weightStep, units);
    for (; left; --left, at += 4) columns(1, from, step, input + at, inputStep, rows, to + at, weightStep, units);
  }
}

function sums(from: usize, step: usize, rows: i32, units: i32, to: usize): void {
  let low = f32x4.splat(0);
  let high = f32x4.splat(0);
  for (; rows; --rows) {
    low = f32x4.add(low, v128.load(from));
    high = f32x4.add(high, v128.load(from, 16));
    from += step;
  }
  storeUnits(low, high, to, 4, units);
}

/** `count` columns, 4 or 1, of the weights of up to eight units; a constant at every call. */
// @ts-ignore: decorator
@inline
function columns(
  count: i32,
  from: usize,
  step: usize,
  input: usize,
  inputStep: usize,
  rows: i32,
  to: usize,
  toStep: usize,
  units: i32,
): void {
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  let b3 = a0;
  for (; rows; --rows) {
    const low = v128.load(from);
    const high = v128.load(from, 16);
    const x0 = v128.load32_splat(input);
    a0 = fma(low, x0, a0);
    b0 = fma(high, x0, b0);
    if (count > 1) {
      const x1 = v128.load32_splat(input, 4);
      a1 = fma(low, x1, a1);
      b1 = fma(high, x1, b1);
      const x2 = v128.load32_splat(input, 8);
      a2 = fma(low, x2, a2);
      b2 = fma(high, x2, b2);
      const x3 = v128.load32_splat(input, 12);
      a3 = fma(low, x3, a3);
      b3 = fma(high, x3, b3);
    }
    from += step;
    input += inputStep;
  }
  storeUnits(a0, b0, to, toStep, units);
  if (count > 1) {
    storeUnits(a1, b1, to + 4, toStep, units);
    storeUnits(a2, b2, to + 8, toStep, units);
    storeUnits(a3, b3, to + 12, toStep, units);
  }
}

/** The first `units` of eight numbers, `step` bytes apart. */
function storeUnits(low: v128, high: v128, to: usize, step: usize, units: i32): void {
  let four = low;
  for (let unit = 0; unit < units; ++unit) {
    if (unit == 4) four = high;
    v128.store32_lane(to, four, 0);
    four = v128.shuffle<f32>(four, four, 1, 2, 3, 0);
    to += step;
  }
}
