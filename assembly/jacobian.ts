/**
 * Jacobian-vector products of a mixture's posterior mean: see mixture.ts. Given its component k, X_0 has mean m_k = (sigma^2
 * mu_k + alpha v_k x) / c_k and covariance (v_k sigma^2 / c_k) I, so with xh = sum_k r_k m_k
 *   Cov[X_0 | x] u = sigma^2 (sum_k r_k v_k / c_k) u + sum_k r_k (m_k - xh) <m_k - xh, u>,   J = (alpha / sigma^2) Cov.
 * Differences are taken before they are multiplied: nothing cancels where sigma is small.
 */
import { BLOCK, groupLogits, logits, padded, STATE, weights4 } from "./logits";
import { mixtureEvaluate, mixturePackedLength, mixtureScratchBytes } from "./mixture";
import { checkRange, fma, horizontalSum } from "./simd";

/** Bytes of scratch, aligned to 16, that mixtureJvp needs. */
export function mixtureJvpScratchBytes(components: i32, dimension: i32, rows: i32): i32 {
  return mixtureScratchBytes(components, rows) + 128 * dimension;
}

/**
 * For x, tangents f32 [rows, dimension] at (alpha, sigma): posterior means f32 [rows, dimension] as mixtureEvaluate has
 * them, and products f32 [rows, dimension] of their Jacobians with the tangents. sigma > 0; the rest as there. Outputs
 * must not overlap inputs or one another.
 */
export function mixtureJvp(
  packed: usize,
  logWeights: usize,
  variances: usize,
  components: i32,
  dimension: i32,
  x: usize,
  tangents: usize,
  rows: i32,
  alpha: f64,
  sigma: f64,
  scratch: usize,
  denoised: usize,
  products: usize,
): void {
  const rowBytes = (<usize>dimension) << 2;
  checkRange(packed, (<usize>mixturePackedLength(components, dimension)) << 2);
  checkRange(tangents, <usize>rows * rowBytes);
  checkRange(products, <usize>rows * rowBytes);
  checkRange(scratch, <usize>mixtureJvpScratchBytes(components, dimension, rows));
  mixtureEvaluate(packed, logWeights, variances, components, dimension, x, rows, alpha, sigma, scratch, denoised, 0, 0);
  const all = <usize>padded(components);
  const states = scratch + all * 24;
  const sums = states + <usize>rows * STATE;
  for (let row = 0; row < rows; row += 4) {
    const r0 = <usize>row * rowBytes;
    const r1 = <usize>min(row + 1, rows - 1) * rowBytes;
    const r2 = <usize>min(row + 2, rows - 1) * rowBytes;
    const r3 = <usize>min(row + 3, rows - 1) * rowBytes;
    memory.fill(sums, 0, rowBytes << 5);
    for (let k: usize = 0; k < all; k += 8) {
      const means = packed + k * rowBytes;
      const constants = scratch + (k << 3);
      groupLogits(x + r0, x + r1, x + r2, x + r3, means, dimension, <f32>alpha, constants, constants + (all << 3), 0);
      for (let i = 0; i < 4 && row + i < rows; i++) {
        const at = <usize>(row + i) * rowBytes;
        addGroup(
          x + at,
          tangents + at,
          denoised + at,
          dimension,
          means,
          scratch + all * 16 + (k << 2),
          scratch + all * 20 + (k << 2),
          <f32>alpha,
          <f32>(sigma * sigma),
          logits + <usize>i * (BLOCK * 8),
          load<f64>(states + <usize>(row + i) * STATE),
          sums + <usize>i * (rowBytes << 3),
        );
      }
    }
    for (let i = 0; i < 4 && row + i < rows; i++) {
      const at = <usize>(row + i) * rowBytes;
      const state = states + <usize>(row + i) * STATE;
      const mass = load<f64>(state, 8);
      writeProducts(
        sums + <usize>i * (rowBytes << 3),
        tangents + at,
        products + at,
        dimension,
        <f32>(alpha / (sigma * sigma * mass)),
        <f32>((alpha * load<f64>(state, 24)) / mass),
      );
    }
  }
}

/**
 * Adds the 8 components of a group to the sums of one row, f32 [dimension, 8]: e^(logit - top) (m - xh) <m - xh,
 * tangent>. inverse, ratio: 1 / c and v / c of the components.
 */
function addGroup(
  x: usize,
  tangent: usize,
  denoised: usize,
  dimension: i32,
  means: usize,
  inverse: usize,
  ratio: usize,
  alpha: f32,
  variance: f32,
  logit: usize,
  top: f64,
  sums: usize,
): void {
  const shift = f64x2.splat(top);
  const r0 = weights4(logit, shift);
  const r1 = weights4(logit + 32, shift);
  if (!v128.any_true(v128.or(r0, r1))) return;
  const a0 = f32x4.mul(f32x4.splat(variance), v128.load(inverse));
  const a1 = f32x4.mul(f32x4.splat(variance), v128.load(inverse, 16));
  const b0 = f32x4.mul(f32x4.splat(alpha), v128.load(ratio));
  const b1 = f32x4.mul(f32x4.splat(alpha), v128.load(ratio, 16));
  const bytes = (<usize>dimension) << 2;
  let along0 = f32x4.splat(0);
  let along1 = along0;
  for (let j: usize = 0; j < bytes; j += 4) {
    const t = v128.load32_splat(tangent + j);
    along0 = fma(difference(x + j, denoised + j, means + (j << 3), a0, b0), t, along0);
    along1 = fma(difference(x + j, denoised + j, means + (j << 3) + 16, a1, b1), t, along1);
  }
  along0 = f32x4.mul(r0, along0);
  along1 = f32x4.mul(r1, along1);
  for (let j: usize = 0; j < bytes; j += 4) {
    const to = sums + (j << 3);
    const d0 = difference(x + j, denoised + j, means + (j << 3), a0, b0);
    const d1 = difference(x + j, denoised + j, means + (j << 3) + 16, a1, b1);
    v128.store(to, fma(along0, d0, v128.load(to)));
    v128.store(to, fma(along1, d1, v128.load(to, 16)), 16);
  }
}

/** One coordinate of m_k - xh for four components: a mu + b x - xh, a = sigma^2 / c, b = alpha v / c. */
// @ts-ignore: decorator
@inline
function difference(x: usize, denoised: usize, means: usize, a: v128, b: v128): v128 {
  return fma(a, v128.load(means), fma(b, v128.load32_splat(x), f32x4.neg(v128.load32_splat(denoised))));
}

/** products = spread (the sums of the 8 lanes) + common tangent for one row. */
function writeProducts(sums: usize, tangent: usize, products: usize, dimension: i32, spread: f32, common: f32): void {
  for (let j: usize = 0; j < (<usize>dimension) << 2; j += 4) {
    const from = sums + (j << 3);
    const sum = horizontalSum(f32x4.add(v128.load(from), v128.load(from, 16)));
    store<f32>(products + j, spread * sum + common * load<f32>(tangent + j));
  }
}
