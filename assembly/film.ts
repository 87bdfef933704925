/**
 * Feature-wise linear modulation of the sums of a dense layer (Perez et al. 2018, arXiv 1709.07871), behind an optional root mean square
 * normalization (Zhang, Sennrich 2019, arXiv 1910.07467): n = z r, r = 1 / sqrt(|z|^2 / divisor + 1e-5), or n = z; m = n (1 + scale) + shift.
 * The divisor is the layer's width, or that of the layer it was cut from.
 * Row b takes row index[b] of the tables of scales and shifts, or row b where the pointer of index is 0. Matrices are [rows, width] with
 * strides in floats that are at least width rounded up to 8: columns from width on are overwritten.
 */
import { applyEpilogue } from "./activation";
import { checkMatrix } from "./multiply";
import { checkRange, constant, fma, horizontalSum } from "./simd";

const ONE = memory.data<f32>([1]);
const EPSILON: f32 = 1e-5;

// @ts-ignore: decorator
@inline
function tableRow(table: usize, step: usize, index: usize, row: usize): usize {
  return table + step * (index ? <usize>load<u32>(index + (row << 2)) : row);
}

/** Sum over `width` columns of a[i] b[i], in a fixed order. */
function dot(a: usize, b: usize, width: i32): f32 {
  let even = f32x4.splat(0);
  let odd = f32x4.splat(0);
  let i = 0;
  for (; i + 8 <= width; i += 8) {
    even = fma(v128.load(a), v128.load(b), even);
    odd = fma(v128.load(a, 16), v128.load(b, 16), odd);
    a += 32;
    b += 32;
  }
  let sum = horizontalSum(f32x4.add(even, odd));
  for (; i < width; ++i) {
    sum += load<f32>(a) * load<f32>(b);
    a += 4;
    b += 4;
  }
  return sum;
}

/**
 * values: z becomes n, in place; output = act(m) (+ joint), derivative = act'(m) where its pointer is not 0. inverse [rows] receives r, or is 0
 * where nothing is normalized. activation: an Epilogue. scale, shift [.., tableStride]; joint [rows, jointStride] may be 0.
 */
export function filmForward(
  activation: i32,
  values: usize,
  stride: i32,
  rows: i32,
  width: i32,
  divisor: f32,
  inverse: usize,
  scale: usize,
  shift: usize,
  tableStride: i32,
  index: usize,
  output: usize,
  derivative: usize,
  joint: usize,
  jointStride: i32,
): void {
  const wide = (width + 7) & ~7;
  checkMatrix(values, stride, rows, wide);
  checkMatrix(output, stride, rows, wide);
  if (derivative) checkMatrix(derivative, stride, rows, wide);
  if (inverse) checkRange(inverse, (<usize>rows) << 2);
  if (index) checkRange(index, (<usize>rows) << 2);
  if (joint) checkMatrix(joint, jointStride, rows, wide);
  const step = (<usize>stride) << 2;
  const tableStep = (<usize>tableStride) << 2;
  const jointStep = (<usize>jointStride) << 2;
  const end = (<usize>wide) << 2;
  const one = constant(ONE);
  for (let row: usize = 0; row < <usize>rows; ++row) {
    const z = values + row * step;
    const to = output + row * step;
    const gains = tableRow(scale, tableStep, index, row);
    const shifts = tableRow(shift, tableStep, index, row);
    if (inverse) {
      const r = <f32>1 / sqrt<f32>(dot(z, z, width) / divisor + EPSILON);
      store<f32>(inverse + (row << 2), r);
      const factor = f32x4.splat(r);
      for (let at: usize = 0; at < end; at += 16) v128.store(z + at, f32x4.mul(v128.load(z + at), factor));
    }
    for (let at: usize = 0; at < end; at += 32) {
      const low = fma(v128.load(z + at), f32x4.add(one, v128.load(gains + at)), v128.load(shifts + at));
      const high = fma(v128.load(z + at, 16), f32x4.add(one, v128.load(gains + at, 16)), v128.load(shifts + at, 16));
      v128.store(to + at, low);
      v128.store(to + at, high, 16);
    }
    const slopes = derivative ? derivative + row * step : 0;
    const addend = joint ? joint + row * jointStep : 0;
    applyEpilogue(activation, to, slopes, step, addend, jointStep, 1, wide >> 3);
  }
}

/**
 * Forward mode: tangent holds dz and receives act'(m) (1 + scale) dn (+ joint), dn = r (dz - n (n . dz) / divisor) or dz. values, inverse and
 * derivative are those that filmForward left of the same rows.
 */
export function filmTangent(
  tangent: usize,
  stride: i32,
  rows: i32,
  width: i32,
  divisor: f32,
  values: usize,
  inverse: usize,
  scale: usize,
  tableStride: i32,
  index: usize,
  derivative: usize,
  joint: usize,
  jointStride: i32,
): void {
  const wide = (width + 7) & ~7;
  checkMatrix(tangent, stride, rows, wide);
  checkMatrix(values, stride, rows, wide);
  checkMatrix(derivative, stride, rows, wide);
  if (joint) checkMatrix(joint, jointStride, rows, wide);
  const step = (<usize>stride) << 2;
  const jointStep = (<usize>jointStride) << 2;
  const tableStep = (<usize>tableStride) << 2;
  const end = (<usize>wide) << 2;
  const one = constant(ONE);
  for (let row: usize = 0; row < <usize>rows; ++row) {
    const dz = tangent + row * step;
    const n = values + row * step;
    const slopes = derivative + row * step;
    const gains = tableRow(scale, tableStep, index, row);
    const added = joint + row * jointStep;
    let r: f32 = 1;
    let mean: f32 = 0;
    if (inverse) {
      r = load<f32>(inverse + (row << 2));
      mean = dot(n, dz, width) / divisor;
    }
    const factor = f32x4.splat(r);
    const along = f32x4.splat(-mean);
    for (let at: usize = 0; at < end; at += 16) {
      const dn = f32x4.mul(factor, fma(along, v128.load(n + at), v128.load(dz + at)));
      const bent = f32x4.mul(v128.load(slopes + at), f32x4.mul(dn, f32x4.add(one, v128.load(gains + at))));
      v128.store(dz + at, joint ? f32x4.add(bent, v128.load(added + at)) : bent);
    }
  }
}

/**
 * Backward: delta holds the gradient with respect to m, which is that of the shifts, and stays. values: n becomes the gradient of the scales,
 * delta n. scale [rows, stride], the scale of each row, becomes the gradient with respect to z: r (g - n (g . n) / divisor), g = delta (1 + scale).
 */
export function filmBackward(
  delta: usize,
  stride: i32,
  rows: i32,
  width: i32,
  divisor: f32,
  values: usize,
  inverse: usize,
  scale: usize,
): void {
  const wide = (width + 7) & ~7;
  checkMatrix(delta, stride, rows, wide);
  checkMatrix(values, stride, rows, wide);
  checkMatrix(scale, stride, rows, wide);
  if (inverse) checkRange(inverse, (<usize>rows) << 2);
  const step = (<usize>stride) << 2;
  const end = (<usize>wide) << 2;
  const one = constant(ONE);
  for (let row: usize = 0; row < <usize>rows; ++row) {
    const dm = delta + row * step;
    const n = values + row * step;
    const g = scale + row * step;
    if (!inverse) {
      for (let at: usize = 0; at < end; at += 16) {
        const delta4 = v128.load(dm + at);
        v128.store(g + at, f32x4.mul(delta4, f32x4.add(one, v128.load(g + at))));
        v128.store(n + at, f32x4.mul(delta4, v128.load(n + at)));
      }
      continue;
    }
    for (let at: usize = 0; at < end; at += 16) {
      v128.store(g + at, f32x4.mul(v128.load(dm + at), f32x4.add(one, v128.load(g + at))));
    }
    const factor = f32x4.splat(load<f32>(inverse + (row << 2)));
    const along = f32x4.splat(-dot(g, n, width) / divisor);
    for (let at: usize = 0; at < end; at += 16) {
      const n4 = v128.load(n + at);
      v128.store(g + at, f32x4.mul(factor, fma(along, n4, v128.load(g + at))));
      v128.store(n + at, f32x4.mul(v128.load(dm + at), n4));
    }
  }
}
