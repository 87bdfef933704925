/** Noise levels and their features: float64 inside, the same bits in every engine and both builds. */
import { ScheduleCode } from "../src/kernels/codes";
import { checkRange } from "./simd";

/** log(e^b - 1) for b > 0, without overflow for large b. */
function logExpm1(b: f64): f64 {
  return b < 1 ? NativeMath.log(NativeMath.expm1(b)) : b + NativeMath.log1p(-NativeMath.exp(-b));
}

/** log(sinh x) + log 2 for x > 0, without overflow for large x. */
function logSinh(x: f64): f64 {
  return x < 1 ? NativeMath.log(2 * NativeMath.sinh(x)) : x + NativeMath.log1p(-NativeMath.exp(-2 * x));
}

/** log(cosh x) + log 2. */
function logCosh(x: f64): f64 {
  const size = Math.abs(x);
  return size + NativeMath.log1p(NativeMath.exp(-2 * size));
}

/** Log snr of the schedules whose alpha and sigma follow from it. */
function logSnrAt(code: i32, p0: f64, p1: f64, t: f64): f64 {
  if (code == ScheduleCode.subVp) return -2 * logSinh(0.5 * (t * (p0 + 0.5 * (p1 - p0) * t)));
  if (code == ScheduleCode.ve) {
    const first = NativeMath.log(p0);
    return -2 * (first + (NativeMath.log(p1) - first) * t);
  }
  if (code == ScheduleCode.edm) return -2 * NativeMath.log(t);
  if (code == ScheduleCode.linearInterpolation) return 2 * NativeMath.log((1 - t) / t);
  if (code == ScheduleCode.sigmoid) {
    const half = 0.5 * (p1 - p0);
    return logSinh((1 - t) * half) - logSinh(t * half) + (logCosh(0.5 * p0) - logCosh(0.5 * p1));
  }
  const quarter = NativeMath.PI / 2;
  const sine = NativeMath.sin(quarter * t);
  const cosine = t > 0.5 ? NativeMath.sin(quarter * (1 - t)) : NativeMath.cos(quarter * t);
  return 2 * NativeMath.log(cosine / sine) + p0;
}

/**
 * Levels of n times, f64: logSnr f64 [n], alpha and sigma f32 [n], rounded once, alpha^2 + sigma^2 = 1. code: a
 * ScheduleCode, which says what p0 and p1 are; betaMin and betaMax of vpLinear and subVp. With b the integral of beta from 0 to t, alpha^2 = e^-b,
 * sigma^2 = -expm1(-b) and log snr = -log(expm1(b)), so nothing cancels at either end.
 */
export function noiseLevels(
  code: i32,
  p0: f64,
  p1: f64,
  times: usize,
  n: i32,
  logSnr: usize,
  alpha: usize,
  sigma: usize,
): void {
  checkRange(times, (<usize>n) << 3);
  checkRange(logSnr, (<usize>n) << 3);
  checkRange(alpha, (<usize>n) << 2);
  checkRange(sigma, (<usize>n) << 2);
  for (let i: usize = 0; i < <usize>n; i++) {
    const t = load<f64>(times + (i << 3));
    let a: f64;
    let s: f64;
    let l: f64;
    if (code == ScheduleCode.vpCosine) {
      const quarter = NativeMath.PI / 2;
      a = t > 0.5 ? NativeMath.sin(quarter * (1 - t)) : NativeMath.cos(quarter * t);
      s = NativeMath.sin(quarter * t);
      l = 2 * NativeMath.log(a / s);
    } else if (code > ScheduleCode.ou) {
      l = logSnrAt(code, p0, p1, t);
      a = 1 / Math.sqrt(1 + NativeMath.exp(-l));
      s = 1 / Math.sqrt(1 + NativeMath.exp(l));
    } else {
      const b = code == ScheduleCode.ou ? 2 * t : t * (p0 + 0.5 * (p1 - p0) * t);
      a = NativeMath.exp(-0.5 * b);
      s = Math.sqrt(-NativeMath.expm1(-b));
      l = -logExpm1(b);
    }
    store<f64>(logSnr + (i << 3), l);
    store<f32>(alpha + (i << 2), <f32>a);
    store<f32>(sigma + (i << 2), <f32>s);
  }
}

/**
 * Features of n noise levels, logSnr f64 [n]: out f32 [n, features] with rows `stride` floats apart, sin(w_j log snr /
 * 4) for j < features / 2, then the cosines; features is even. w_j is geometric from 1/2 to 8: the slowest wave is
 * monotone on |log snr| < 12 and so tells all levels apart, the fastest has period pi in log snr, several times the
 * widest gap between a thousand training levels, so that what lies between two of them is interpolated.
 */
export function noiseFeatures(logSnr: usize, n: i32, features: i32, out: usize, stride: i32): void {
  checkRange(logSnr, (<usize>n) << 3);
  const half = features >> 1;
  for (let j = 0; j < half; j++) {
    const w = 0.5 * NativeMath.pow(16, half > 1 ? <f64>j / <f64>(half - 1) : 0);
    let at = out + ((<usize>j) << 2);
    for (let i: usize = 0; i < <usize>n; i++) {
      const angle = w * 0.25 * load<f64>(logSnr + (i << 3));
      checkRange(at, ((<usize>half) << 2) + 4);
      store<f32>(at, <f32>NativeMath.sin(angle));
      store<f32>(at + ((<usize>half) << 2), <f32>NativeMath.cos(angle));
      at += (<usize>stride) << 2;
    }
  }
}
