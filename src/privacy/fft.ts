/** Complex numbers, in place of which the transform puts theirs. */
export interface ComplexVector {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/**
 * Discrete Fourier transform in place, without a factor; the length is a power of two. Cooley and Tukey 1965, by halves in bit-reversed order.
 * @param inverse with the conjugate roots, without the factor 1 / n.
 */
export function transform({ real, imaginary }: ComplexVector, inverse = false): void {
  const n = real.length;
  reverse(real);
  reverse(imaginary);
  const { cosines, sines } = roots(n);
  const sign = inverse ? 1 : -1;
  for (let half = 1; half < n; half *= 2) {
    const stride = n / (2 * half);
    for (let start = 0; start < n; start += 2 * half) {
      for (let offset = 0; offset < half; offset++) {
        const c = cosines[offset * stride];
        const s = sign * sines[offset * stride];
        const even = start + offset;
        const odd = even + half;
        const re = real[odd] * c - imaginary[odd] * s;
        const im = real[odd] * s + imaginary[odd] * c;
        real[odd] = real[even] - re;
        imaginary[odd] = imaginary[even] - im;
        real[even] += re;
        imaginary[even] += im;
      }
    }
  }
}

/** exp(2 pi i k / n) for k below n / 2, each computed for itself: products of roots would lose digits. */
function roots(n: number): { readonly cosines: Float64Array; readonly sines: Float64Array } {
  const angle = (2 * Math.PI) / n;
  const half = n / 2;
  return {
    cosines: Float64Array.from({ length: half }, (_, k) => Math.cos(angle * k)),
    sines: Float64Array.from({ length: half }, (_, k) => Math.sin(angle * k)),
  };
}

function reverse(values: Float64Array): void {
  const n = values.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) [values[i], values[j]] = [values[j], values[i]];
  }
}
