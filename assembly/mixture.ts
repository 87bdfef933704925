/**
 * Gaussian mixtures sum_k w_k N(mu_k, v_k I) seen through X_t = alpha X_0 + sigma Z. Component k of X_t is N(alpha
 * mu_k, c_k I) with c_k = alpha^2 v_k + sigma^2, and with r_k the posterior weights of x,
 *   E[X_0 | x] = sigma^2 sum_k r_k mu_k / c_k + alpha (sum_k r_k v_k / c_k) x,
 *   score(x)   = alpha sum_k r_k mu_k / c_k - (sum_k r_k / c_k) x.
 * Components are taken in blocks that fit the cache, with an online softmax across blocks (Milakov, Gimelshein, arXiv
 * 1805.02867). Distances are sums of squared differences, never |x|^2 - 2 x mu + |mu|^2, which cancels where sigma is
 * small.
 */
import { BLOCK, groupLogits, logits, padded, STATE, weights4 } from "./logits";
import { checkRange, fma } from "./simd";

/** Components are packed in groups of 8: group g holds, coordinate by coordinate, the 8 numbers of its components. */
// @ts-ignore: decorator
@inline
const GROUP: usize = 8;

/** The largest logit of a row that has seen no component. */
// @ts-ignore: decorator
@inline
const NOTHING: f64 = -1e300;

/** Weights over variance f32 [4, BLOCK], rescaling factors f32 [4]: of the four rows in work. */
const weights = memory.data(4 * 64 * 4, 64);
const rescale = memory.data(16, 16);

/** f32 numbers of the packed means. */
export function mixturePackedLength(components: i32, dimension: i32): i32 {
  return padded(components) * dimension;
}

/** Bytes of scratch, aligned to 16, that mixtureEvaluate needs. */
export function mixtureScratchBytes(components: i32, rows: i32): i32 {
  return padded(components) * 24 + rows * <i32>STATE;
}

/**
 * means f32 [components, dimension] -> packed f32 [mixturePackedLength]; missing components of the last group are 0.
 */
export function mixturePack(means: usize, components: i32, dimension: i32, packed: usize): void {
  checkRange(means, (<usize>components * <usize>dimension) << 2);
  checkRange(packed, (<usize>mixturePackedLength(components, dimension)) << 2);
  const stride = (<usize>dimension) << 2;
  for (let first = 0; first < components; first += 8) {
    for (let j = 0; j < dimension; j++) {
      for (let k = first; k < first + 8; k++) {
        store<f32>(packed, k < components ? load<f32>(means + <usize>k * stride + ((<usize>j) << 2)) : 0);
        packed += 4;
      }
    }
  }
}

/** Per component: f64 log weight + log normalization, f64 -1 / (2 c), f32 1 / c, f32 v / c; padding gets weight 0. */
function prepare(
  logWeights: usize,
  variances: usize,
  components: i32,
  dimension: i32,
  alpha: f64,
  sigma: f64,
  table: usize,
): void {
  const all = <usize>padded(components);
  const precision = table + all * 8;
  const inverse = table + all * 16;
  const ratio = table + all * 20;
  // Neighbours of the same variance, as all points of an empirical law are, share their normalization.
  let known: f64 = NaN;
  let normalization: f64 = 0;
  let half: f64 = 0;
  let reciprocal: f32 = 0;
  let share: f32 = 0;
  for (let k: usize = 0; k < all; k++) {
    const present = k < <usize>components;
    const v = present ? load<f64>(variances + (k << 3)) : 1;
    if (v != known) {
      const c = alpha * alpha * v + sigma * sigma;
      known = v;
      normalization = 0.5 * <f64>dimension * NativeMath.log(2 * NativeMath.PI * c);
      half = -0.5 / c;
      reciprocal = <f32>(1 / c);
      share = <f32>(v / c);
    }
    const logWeight = present ? load<f64>(logWeights + (k << 3)) : -Infinity;
    store<f64>(table + (k << 3), logWeight - normalization);
    store<f64>(precision + (k << 3), half);
    store<f32>(inverse + (k << 2), reciprocal);
    store<f32>(ratio + (k << 2), share);
  }
}

/**
 * Folds one row's logits of a block into its state and leaves r / c, relative to the new largest logit, in its weights.
 * Writes the factor that what was summed before must be scaled by. Returns whether anything changes in the sums.
 */
function foldRow(row: usize, count: usize, inverse: usize, ratio: usize, state: usize): bool {
  const logit = logits + row * (BLOCK * 8);
  const weight = weights + row * (BLOCK * 4);
  const before = load<f64>(state);
  let largest = f64x2.splat(before);
  for (let i: usize = 0; i < count; i += 2) largest = f64x2.pmax(largest, v128.load(logit + (i << 3)));
  const top = max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1));
  const factor = top > before ? (before > NOTHING ? NativeMath.exp(before - top) : 0) : 1;
  const shift = f64x2.splat(top);
  let sum = f32x4.splat(0);
  let sumInverse = sum;
  let sumRatio = sum;
  for (let i: usize = 0; i < count; i += 8) {
    const r0 = weights4(logit + (i << 3), shift);
    const r1 = weights4(logit + (i << 3) + 32, shift);
    const rOverC0 = f32x4.mul(r0, v128.load(inverse + (i << 2)));
    const rOverC1 = f32x4.mul(r1, v128.load(inverse + (i << 2), 16));
    sum = f32x4.add(f32x4.add(sum, r0), r1);
    sumInverse = f32x4.add(f32x4.add(sumInverse, rOverC0), rOverC1);
    sumRatio = fma(r1, v128.load(ratio + (i << 2), 16), fma(r0, v128.load(ratio + (i << 2)), sumRatio));
    v128.store(weight + (i << 2), rOverC0);
    v128.store(weight + (i << 2), rOverC1, 16);
  }
  const mass = total(sum);
  store<f64>(state, top);
  store<f64>(state, load<f64>(state, 8) * factor + mass, 8);
  store<f64>(state, load<f64>(state, 16) * factor + total(sumInverse), 16);
  store<f64>(state, load<f64>(state, 24) * factor + total(sumRatio), 24);
  store<f32>(rescale + (row << 2), <f32>factor);
  return mass > 0 || factor != 1;
}

// @ts-ignore: decorator
@inline
function total(v: v128): f64 {
  const low = f64x2.promote_low_f32x4(v);
  const both = f64x2.add(low, f64x2.promote_low_f32x4(v128.shuffle<u64>(v, v, 1, 1)));
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

/** Row sums of four vectors, as one vector. */
// @ts-ignore: decorator
@inline
function horizontalSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<u32>(a, b, 0, 4, 1, 5), v128.shuffle<u32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<u32>(c, d, 0, 4, 1, 5), v128.shuffle<u32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<u64>(ab, cd, 0, 2), v128.shuffle<u64>(ab, cd, 1, 3));
}

/** sums[row, j] = rescale[row] sums[row, j] + sum over the block of weights[row] mu_j, for four rows at s0 ... s3. */
function addMeans(packed: usize, groups: usize, dimension: i32, s0: usize, s1: usize, s2: usize, s3: usize): void {
  const factor = v128.load(rescale);
  const groupBytes = (<usize>dimension) << 5;
  const w = weights;
  for (let j = 0; j < dimension; j++) {
    let a0 = f32x4.splat(0),
      a1 = a0,
      a2 = a0,
      a3 = a0,
      b0 = a0,
      b1 = a0,
      b2 = a0,
      b3 = a0;
    let m = packed;
    for (let g: usize = 0; g < groups; g++) {
      const at = w + (g << 5);
      const ma = v128.load(m);
      const mb = v128.load(m, 16);
      a0 = fma(v128.load(at), ma, a0);
      b0 = fma(v128.load(at, 16), mb, b0);
      a1 = fma(v128.load(at, BLOCK * 4), ma, a1);
      b1 = fma(v128.load(at, BLOCK * 4 + 16), mb, b1);
      a2 = fma(v128.load(at, BLOCK * 8), ma, a2);
      b2 = fma(v128.load(at, BLOCK * 8 + 16), mb, b2);
      a3 = fma(v128.load(at, BLOCK * 12), ma, a3);
      b3 = fma(v128.load(at, BLOCK * 12 + 16), mb, b3);
      m += groupBytes;
    }
    const added = horizontalSums(f32x4.add(a0, b0), f32x4.add(a1, b1), f32x4.add(a2, b2), f32x4.add(a3, b3));
    // Rows past the end repeat the last one: they read the same old sum and write the same new one.
    const old = f32x4(load<f32>(s0), load<f32>(s1), load<f32>(s2), load<f32>(s3));
    const sum = f32x4.add(f32x4.mul(factor, old), added);
    v128.store_lane<f32>(s0, sum, 0);
    v128.store_lane<f32>(s1, sum, 1);
    v128.store_lane<f32>(s2, sum, 2);
    v128.store_lane<f32>(s3, sum, 3);
    packed += 32;
    s0 += 4;
    s1 += 4;
    s2 += 4;
    s3 += 4;
  }
}

/** out = a sums + b x for one row. */
// @ts-ignore: decorator
@inline
function combine(sums: usize, x: usize, out: usize, dimension: i32, a: f32, b: f32): void {
  for (let j: usize = 0; j < <usize>dimension; j++) {
    const at = j << 2;
    store<f32>(out + at, a * load<f32>(sums + at) + b * load<f32>(x + at));
  }
}

/**
 * For x f32 [rows, dimension] at (alpha, sigma): posterior means f32 [rows, dimension], scores f32 [rows, dimension]
 * and log-densities of X_t f64 [rows]; a pointer of 0 leaves one out. packed: see mixturePack; logWeights, variances
 * f64 [components], with all c_k > 0 (a variance may be 0 where sigma > 0). The density is normalized as the weights
 * are. Outputs must not overlap x or one another.
 */
export function mixtureEvaluate(
  packed: usize,
  logWeights: usize,
  variances: usize,
  components: i32,
  dimension: i32,
  x: usize,
  rows: i32,
  alpha: f64,
  sigma: f64,
  scratch: usize,
  denoised: usize,
  score: usize,
  logDensity: usize,
): void {
  const rowBytes = (<usize>dimension) << 2;
  checkRange(packed, (<usize>mixturePackedLength(components, dimension)) << 2);
  checkRange(logWeights, (<usize>components) << 3);
  checkRange(variances, (<usize>components) << 3);
  checkRange(x, <usize>rows * rowBytes);
  if (denoised != 0) checkRange(denoised, <usize>rows * rowBytes);
  if (score != 0) checkRange(score, <usize>rows * rowBytes);
  if (logDensity != 0) checkRange(logDensity, (<usize>rows) << 3);
  checkRange(scratch, <usize>mixtureScratchBytes(components, rows));
  const all = <usize>padded(components);
  const table = scratch;
  const states = scratch + all * 24;
  prepare(logWeights, variances, components, dimension, alpha, sigma, table);
  const sums = denoised != 0 ? denoised : score;
  for (let row: usize = 0; row < <usize>rows; row++) {
    const state = states + row * STATE;
    store<f64>(state, NOTHING);
    store<f64>(state, 0, 8);
    store<f64>(state, 0, 16);
    store<f64>(state, 0, 24);
  }
  if (sums != 0) memory.fill(sums, 0, <usize>rows * rowBytes);

  const block = max(GROUP, min(BLOCK, <usize>(32768 / dimension) & ~(GROUP - 1)));
  for (let first: usize = 0; first < all; first += block) {
    const count = min(block, all - first);
    const means = packed + first * rowBytes;
    for (let row = 0; row < rows; row += 4) {
      const r0 = <usize>row;
      const r1 = <usize>min(row + 1, rows - 1);
      const r2 = <usize>min(row + 2, rows - 1);
      const r3 = <usize>min(row + 3, rows - 1);
      for (let at: usize = 0; at < count; at += GROUP) {
        const k = first + at;
        groupLogits(
          x + r0 * rowBytes,
          x + r1 * rowBytes,
          x + r2 * rowBytes,
          x + r3 * rowBytes,
          means + at * rowBytes,
          dimension,
          <f32>alpha,
          table + (k << 3),
          table + all * 8 + (k << 3),
          at,
        );
      }
      let changed = false;
      for (let i: usize = 0; i < 4; i++) {
        if (r0 + i < <usize>rows) {
          const state = states + (r0 + i) * STATE;
          if (foldRow(i, count, table + all * 16 + (first << 2), table + all * 20 + (first << 2), state))
            changed = true;
        } else {
          memory.copy(weights + i * (BLOCK * 4), weights + (i - 1) * (BLOCK * 4), BLOCK * 4);
          store<f32>(rescale + (i << 2), load<f32>(rescale + ((i - 1) << 2)));
        }
      }
      if (changed && sums != 0) {
        addMeans(
          means,
          count / GROUP,
          dimension,
          sums + r0 * rowBytes,
          sums + r1 * rowBytes,
          sums + r2 * rowBytes,
          sums + r3 * rowBytes,
        );
      }
    }
  }

  for (let row: usize = 0; row < <usize>rows; row++) {
    const state = states + row * STATE;
    const mass = load<f64>(state, 8);
    const a = x + row * rowBytes;
    const s = sums + row * rowBytes;
    if (score != 0)
      combine(s, a, score + row * rowBytes, dimension, <f32>(alpha / mass), <f32>(-load<f64>(state, 16) / mass));
    if (denoised != 0)
      combine(s, a, s, dimension, <f32>((sigma * sigma) / mass), <f32>((alpha * load<f64>(state, 24)) / mass));
    if (logDensity != 0) store<f64>(logDensity + (row << 3), load<f64>(state) + NativeMath.log(mass));
  }
}
