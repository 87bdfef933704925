import fc from "fast-check";
import { expect, it } from "vitest";
import { frechet } from "../../src/divergence/frechet.js";
import { describeEngines } from "../support/engines.js";
import { gaussianSample } from "../support/samples.js";

/** Sample mean and covariance of float32 [n, 2]. */
function moments(x: Float32Array) {
  const n = x.length / 2;
  const mean = [0, 1].map((k) => x.reduce((sum, value, at) => sum + (at % 2 === k ? value : 0), 0) / n);
  const covariance = (k: number, l: number) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (x[2 * i + k] - mean[k]) * (x[2 * i + l] - mean[l]);
    return sum / (n - 1);
  };
  return { mean, xx: covariance(0, 0), xy: covariance(0, 1), yy: covariance(1, 1) };
}

/** For 2 x 2 matrices tr (AB)^1/2 = (tr AB + 2 (det AB)^1/2)^1/2. */
function closedForm(a: Float32Array, b: Float32Array): number {
  const [p, q] = [moments(a), moments(b)];
  const product = p.xx * q.xx + 2 * p.xy * q.xy + p.yy * q.yy;
  const determinant = Math.max(0, p.xx * p.yy - p.xy ** 2) * Math.max(0, q.xx * q.yy - q.xy ** 2);
  const shift = (p.mean[0] - q.mean[0]) ** 2 + (p.mean[1] - q.mean[1]) ** 2;
  return shift + p.xx + p.yy + q.xx + q.yy - 2 * Math.sqrt(product + 2 * Math.sqrt(determinant));
}

const sample = fc
  .array(fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: -1000, max: 1000 })), {
    minLength: 2,
    maxLength: 30,
  })
  .map((rows) => Float32Array.from(rows.flat(), (value) => value / 100));

describeEngines("Frechet distance", (engineOf) => {
  it("equals the closed form in two dimensions, singular covariances included", () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const { value } = frechet.evaluate(engineOf(), a, b, 2, { seed: 1 });
        // Products of float32 rows are exact in float64; what remains is the root of a rounding error where determinants vanish.
        expect(value ** 2).toBeCloseTo(closedForm(a, b), 3);
      }),
    );
  });

  it("of a sample and its scaled copy is |s - 1| times the root of the total variance", () => {
    for (const d of [1, 5, 70]) {
      const a = gaussianSample(engineOf(), 400, d, 3);
      const b = a.map((value) => 3 * value);
      const mean = Array.from(
        { length: d },
        (_, k) => a.reduce((sum, value, at) => sum + (at % d === k ? value : 0), 0) / 400,
      );
      const variance = a.reduce((sum, value, at) => sum + (value - mean[at % d]) ** 2, 0) / 399;
      const shift = 4 * mean.reduce((sum, value) => sum + value ** 2, 0);
      const { value } = frechet.evaluate(engineOf(), a, b, d, { seed: 1 });
      expect(value).toBeCloseTo(Math.sqrt(shift + 4 * variance), 4);
    }
  });

  it("finds no more rank than there is: 64 directions in 100 coordinates", () => {
    const latent = gaussianSample(engineOf(), 300, 64, 5);
    const lift = gaussianSample(engineOf(), 64, 100, 6);
    const lifted = (scale: number) =>
      Float32Array.from({ length: 300 * 100 }, (_, at) => {
        const [i, j] = [Math.floor(at / 100), at % 100];
        let sum = 0;
        for (let k = 0; k < 64; k++) sum += latent[i * 64 + k] * lift[k * 100 + j];
        return scale * sum;
      });
    const a = lifted(1);
    const total = frechet.evaluate(engineOf(), a, lifted(0), 100, { seed: 1 }).value;
    expect(frechet.evaluate(engineOf(), a, lifted(2), 100, { seed: 1 }).value / total).toBeCloseTo(1, 4);
    expect(frechet.evaluate(engineOf(), a, a, 100, { seed: 1 }).value / total).toBeLessThan(1e-4);
  });
});
