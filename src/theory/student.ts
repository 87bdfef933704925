import { requireInteger, requireNumber } from "../errors.js";

/** Quantile of Student's t with `degrees` degrees of freedom: the value that a draw stays below with `probability`. */
export function studentQuantile(probability: number, degrees: number): number {
  requireNumber("probability", probability, "must lie in (0, 1)", (p) => p > 0 && p < 1);
  requireInteger("degrees", degrees, 1);
  if (probability < 0.5) return -studentQuantile(1 - probability, degrees);
  let low = 0;
  let high = 1;
  while (studentUpperTail(high, degrees) > 1 - probability) high *= 2;
  for (let i = 0; i < 200 && high - low > 1e-13 * high; i++) {
    const middle = (low + high) / 2;
    if (studentUpperTail(middle, degrees) > 1 - probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(T > t) for t >= 0: half the regularized incomplete beta function at n / (n + t^2) (Abramowitz, Stegun 26.7.1). */
function studentUpperTail(t: number, degrees: number): number {
  return 0.5 * regularizedBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** I_x(a, b) by its continued fraction (Abramowitz, Stegun 26.5.8), evaluated by Lentz's method. */
export function regularizedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - regularizedBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / Math.max(1 - ((a + b) * x) / (a + 1), tiny);
  let fraction = d;
  for (let m = 1; m < 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d, tiny);
    c = nonZero(1 + even / c, tiny);
    fraction *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d, tiny);
    c = nonZero(1 + odd / c, tiny);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return front * fraction;
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}

/** log Gamma(z) for z > 0: shifted up by the recurrence, then Stirling's series. */
export function logGamma(z: number): number {
  let shift = 0;
  let at = z;
  while (at < 12) {
    shift += Math.log(at);
    at++;
  }
  const i2 = 1 / (at * at);
  const series = (1 / 12 - i2 * (1 / 360 - i2 * (1 / 1260 - i2 * (1 / 1680 - i2 / 1188)))) / at;
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
