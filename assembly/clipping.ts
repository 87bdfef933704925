/**
 * Gradients of single examples in a linear map: that of a row is the outer product of its input and the gradient at its output, so that its norm
 * is known without it (Goodfellow 2015, arXiv 1510.01799). An example is `draws` neighbouring rows, and its gradient their sum. Sums are float64,
 * in a fixed order: both builds give the same bits for the same rows.
 */
import { checkMatrix } from "./multiply";
import { checkRange } from "./simd";

/** The lower or upper two of four float32, as float64. */
// @ts-ignore: decorator
@inline
function widened(upper: bool, x: v128): v128 {
  return f64x2.promote_low_f32x4(upper ? v128.shuffle<u64>(x, x, 1, 1) : x);
}

// @ts-ignore: decorator
@inline
function laneSum(low: v128, high: v128): f64 {
  const both = f64x2.add(low, high);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

function squareNorm(a: usize, width: i32): f64 {
  let low = f64x2.splat(0);
  let high = low;
  const end = a + ((<usize>width) << 2);
  for (; a + 16 <= end; a += 16) {
    const x = v128.load(a);
    const first = widened(false, x);
    const second = widened(true, x);
    low = f64x2.add(low, f64x2.mul(first, first));
    high = f64x2.add(high, f64x2.mul(second, second));
  }
  let sum = laneSum(low, high);
  for (; a < end; a += 4) {
    const x = <f64>load<f32>(a);
    sum += x * x;
  }
  return sum;
}

function innerProduct(a: usize, b: usize, width: i32): f64 {
  let low = f64x2.splat(0);
  let high = low;
  const end = a + ((<usize>width) << 2);
  for (; a + 16 <= end; a += 16, b += 16) {
    const x = v128.load(a);
    const y = v128.load(b);
    low = f64x2.add(low, f64x2.mul(widened(false, x), widened(false, y)));
    high = f64x2.add(high, f64x2.mul(widened(true, x), widened(true, y)));
  }
  let sum = laneSum(low, high);
  for (; a < end; a += 4, b += 4) sum += <f64>load<f32>(a) * <f64>load<f32>(b);
  return sum;
}

/**
 * squares [rows / draws], float64: added is the squared norm of each example's gradient of a weight [fanOut, fanIn] and a bias [fanOut],
 * |sum_r delta_r (a_r, 1)^T|^2 = sum_{r, s} (<a_r, a_s> + 1) <delta_r, delta_s>, of input a [rows, fanIn] and delta [rows, fanOut].
 */
export function addExampleSquares(
  input: usize,
  inputStride: i32,
  fanIn: i32,
  delta: usize,
  deltaStride: i32,
  fanOut: i32,
  rows: i32,
  draws: i32,
  squares: usize,
): void {
  checkMatrix(input, inputStride, rows, fanIn);
  checkMatrix(delta, deltaStride, rows, fanOut);
  checkRange(squares, (<usize>(rows / draws)) << 3);
  const inputStep = (<usize>inputStride) << 2;
  const deltaStep = (<usize>deltaStride) << 2;
  for (let first = 0; first < rows; first += draws) {
    let sum: f64 = 0;
    for (let r = 0; r < draws; ++r) {
      let twice: f64 = 0;
      for (let s = 0; s < r; ++s) {
        const inner = innerProduct(delta + deltaStep * <usize>r, delta + deltaStep * <usize>s, fanOut);
        twice += inner * (innerProduct(input + inputStep * <usize>r, input + inputStep * <usize>s, fanIn) + 1);
      }
      const own = squareNorm(delta + deltaStep * <usize>r, fanOut);
      sum += own * (squareNorm(input + inputStep * <usize>r, fanIn) + 1) + 2 * twice;
    }
    store<f64>(squares, load<f64>(squares) + sum);
    squares += 8;
    input += inputStep * <usize>draws;
    delta += deltaStep * <usize>draws;
  }
}

/** Row b of matrix [rows, width] times scales[b / draws], float32. */
export function scaleExamples(matrix: usize, stride: i32, width: i32, rows: i32, draws: i32, scales: usize): void {
  checkMatrix(matrix, stride, rows, width);
  checkRange(scales, (<usize>(rows / draws)) << 2);
  const step = (<usize>stride) << 2;
  const end = (<usize>width) << 2;
  for (let first = 0; first < rows; first += draws, scales += 4) {
    const scale = load<f32>(scales);
    const scale4 = f32x4.splat(scale);
    for (let r = 0; r < draws; ++r, matrix += step) {
      let at: usize = 0;
      for (; at + 16 <= end; at += 16) v128.store(matrix + at, f32x4.mul(v128.load(matrix + at), scale4));
      for (; at < end; at += 4) store<f32>(matrix + at, load<f32>(matrix + at) * scale);
    }
  }
}
