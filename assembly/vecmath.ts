/**
 * Scalar float64 functions in software: the same bits in every JavaScript engine and in both builds. Errors below 1 ulp
 * (AssemblyScript's port of the FreeBSD and ARM routines).
 */

export function mathExp(x: f64): f64 {
  return NativeMath.exp(x);
}

export function mathLog(x: f64): f64 {
  return NativeMath.log(x);
}

export function mathSin(x: f64): f64 {
  return NativeMath.sin(x);
}

export function mathCos(x: f64): f64 {
  return NativeMath.cos(x);
}

export function mathExpm1(x: f64): f64 {
  return NativeMath.expm1(x);
}

export function mathLog1p(x: f64): f64 {
  return NativeMath.log1p(x);
}

export function mathPow(base: f64, exponent: f64): f64 {
  return NativeMath.pow(base, exponent);
}
