/**
 * The gradient of a linear map from few inputs. The register tiles of assembly/microkernel.ts would turn delta over, which costs as much as
 * these products do.
 */
import { checkMatrix } from "./multiply";
import { checkRange, fma } from "./simd";

/** Rows of delta that stay in the first-level cache while all columns of the input meet them. */
const blockRows = 24;

/**
 * weights [fanOut, fanIn] = the transpose of delta [rows, fanOut] times input [rows, fanIn], bias [fanOut] = column sums of delta; rows added in
 * ascending order. deltaStride, in floats, is at least fanOut rounded up to 8. `sums` is scratch for fanIn + 1 rows of so many floats.
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
  sums: usize,
): void {
  const wide = (fanOut + 7) & ~7;
  checkMatrix(delta, deltaStride, rows, wide);
  checkMatrix(input, inputStride, rows, fanIn);
  checkMatrix(weights, fanIn, fanOut, fanIn);
  checkRange(bias, (<usize>fanOut) << 2);
  checkMatrix(sums, wide, fanIn + 1, wide);
  const step = (<usize>deltaStride) << 2;
  const inputStep = (<usize>inputStride) << 2;
  const sumStep = (<usize>wide) << 2;
  memory.fill(sums, 0, sumStep * <usize>(fanIn + 1));
  for (let row = 0; row < rows; row += blockRows) {
    const count = min(blockRows, rows - row);
    const from = delta + step * <usize>row;
    const beside = input + inputStep * <usize>row;
    for (let at: usize = 0; at < sumStep; at += 32) {
      let left = fanIn;
      let column: usize = 0;
      for (; left >= 4; left -= 4, column += 4)
        columns(4, from + at, step, beside + (column << 2), inputStep, count, sums + at + sumStep * column, sumStep);
      for (; left; --left, ++column)
        columns(1, from + at, step, beside + (column << 2), inputStep, count, sums + at + sumStep * column, sumStep);
      columns(0, from + at, step, beside, inputStep, count, sums + at + sumStep * column, sumStep);
    }
  }
  transposeSums(sums, sumStep, fanIn, fanOut, weights);
  memory.copy(bias, sums + sumStep * <usize>fanIn, (<usize>fanOut) << 2);
}

/** Adds `count` columns, 4 or 1, of eight units, or with 0 their deltas themselves; a constant at every call. */
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
): void {
  let a0 = v128.load(to);
  let b0 = v128.load(to, 16);
  let a1 = a0;
  let b1 = a0;
  let a2 = a0;
  let b2 = a0;
  let a3 = a0;
  let b3 = a0;
  if (count > 1) {
    a1 = v128.load(to + toStep);
    b1 = v128.load(to + toStep, 16);
    a2 = v128.load(to + 2 * toStep);
    b2 = v128.load(to + 2 * toStep, 16);
    a3 = v128.load(to + 3 * toStep);
    b3 = v128.load(to + 3 * toStep, 16);
  }
  for (; rows; --rows) {
    const low = v128.load(from);
    const high = v128.load(from, 16);
    if (count == 0) {
      a0 = f32x4.add(a0, low);
      b0 = f32x4.add(b0, high);
    } else {
      const x0 = v128.load32_splat(input);
      a0 = fma(low, x0, a0);
      b0 = fma(high, x0, b0);
    }
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
  v128.store(to, a0);
  v128.store(to, b0, 16);
  if (count > 1) {
    v128.store(to + toStep, a1);
    v128.store(to + toStep, b1, 16);
    v128.store(to + 2 * toStep, a2);
    v128.store(to + 2 * toStep, b2, 16);
    v128.store(to + 3 * toStep, a3);
    v128.store(to + 3 * toStep, b3, 16);
  }
}

/** weights [fanOut, fanIn] = the transpose of sums [fanIn, ..]. */
function transposeSums(sums: usize, sumStep: usize, fanIn: i32, fanOut: i32, weights: usize): void {
  for (let unit: usize = 0; unit < <usize>fanOut; ++unit) {
    let from = sums + (unit << 2);
    for (let column = 0; column < fanIn; ++column) {
      store<f32>(weights, load<f32>(from));
      weights += 4;
      from += sumStep;
    }
  }
}
