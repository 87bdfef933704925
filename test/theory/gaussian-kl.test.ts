import { describe, expect, it } from "vitest";
import { gaussianKl } from "../../src/diffusion/gaussian-law.js";
import {
  type GaussianParameters,
  multivariateGaussianKl,
  multivariateGaussianW2,
} from "../../src/theory/gaussian-kl.js";
import { describeEngines } from "../support/engines.js";

/** Mean and covariance without randomness; the same formula makes the golden numbers. */
function hashedGaussian(d: number, s: number): GaussianParameters {
  const B = Array.from({ length: d }, (_, i) =>
    Array.from({ length: d }, (_, j) => ((i * 7919 + j * 104729 + s * 1299709 + i * j * 31) % 10007) / 10007 - 0.5),
  );
  const covariance = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      covariance[i * d + j] = B[i].reduce((sum, value, k) => sum + value * B[j][k], i === j ? 0.3 : 0);
    }
  }
  return { mean: Float64Array.from({ length: d }, (_, i) => ((i * 7919 + s * 104729) % 10007) / 10007), covariance };
}

// Golden numbers: /usr/bin/python3 -I, numpy 1.24.2, of
//   import numpy as np
//   from numpy.linalg import inv, slogdet, eigvals
//   def gaussian(d, s):
//       i, j = np.indices((d, d)); B = ((i * 7919 + j * 104729 + s * 1299709 + i * j * 31) % 10007) / 10007 - 0.5
//       return ((np.arange(d) * 7919 + s * 104729) % 10007) / 10007, B @ B.T + 0.3 * np.eye(d)
//   for d in (1, 2, 5, 20):
//       (m, P), (n, Q) = gaussian(d, 1), gaussian(d, 2)
//       print(0.5 * (np.trace(inv(Q) @ P) - d + slogdet(Q)[1] - slogdet(P)[1] + (m - n) @ inv(Q) @ (m - n)),
//             np.sqrt(((m - n) ** 2).sum() + np.trace(P) + np.trace(Q) - 2 * np.sqrt(eigvals(P @ Q).real).sum()))
const golden = [
  [1, 0.30444204854829554, 0.46946765159934534],
  [2, 0.3526043570032056, 0.6610728666144738],
  [5, 2.8782824008887484, 1.3430761732185865],
  [20, 28.557774807822234, 5.003631457693434],
] as const;

describe("KL between Gaussians", () => {
  it.each(golden)("agrees with numpy in %i dimensions", (d, kl) => {
    expect(multivariateGaussianKl(hashedGaussian(d, 1), hashedGaussian(d, 2)) / kl).toBeCloseTo(1, 11);
  });

  it("is that of one dimension, summed, for independent coordinates", () => {
    const p = { mean: Float64Array.of(1, 0, -2), covariance: Float64Array.of(2, 0, 0, 0, 0.5, 0, 0, 0, 1) };
    const q = { mean: Float64Array.of(0.5, 0, 1), covariance: Float64Array.of(1, 0, 0, 0, 3, 0, 0, 0, 0.2) };
    expect(multivariateGaussianKl(p, q)).toBeCloseTo(
      gaussianKl(1, 2, 0.5, 1) + gaussianKl(0, 0.5, 0, 3) + gaussianKl(-2, 1, 1, 0.2),
      12,
    );
  });

  it("keeps its digits where the two nearly agree", () => {
    const q = hashedGaussian(4, 1);
    expect(multivariateGaussianKl(q, q)).toBeLessThan(1e-28);
    // KL(N(0, (1 + e) C) || N(0, C)) = d (e - log(1 + e)) / 2.
    const e = 2 ** -20;
    const p = { mean: q.mean, covariance: q.covariance.map((value) => (1 + e) * value) };
    expect(multivariateGaussianKl(p, q) / (2 * (e - Math.log1p(e)))).toBeCloseTo(1, 4);
  });

  it("is free of scale, and typed where it is beyond float64", () => {
    const times = ({ mean, covariance }: GaussianParameters, c: number) => ({
      mean: mean.map((value) => value * c),
      covariance: covariance.map((value) => value * c * c),
    });
    const [p, q] = [hashedGaussian(3, 1), hashedGaussian(3, 2)];
    for (const c of [2 ** -480, 2 ** -133, 2 ** 133, 2 ** 480]) {
      expect(multivariateGaussianKl(times(p, c), times(q, c))).toBe(multivariateGaussianKl(p, q));
      expect(gaussianKl(c, 2 * c * c, 3 * c, c * c)).toBe(gaussianKl(1, 2, 3, 1));
    }
    const [narrow, wide] = [times(p, 2 ** -480), times(p, 2 ** 480)];
    // 3 (-1 - log 2^-1920) / 2, the quotient of the variances.
    expect(multivariateGaussianKl(narrow, { ...wide, mean: narrow.mean })).toBeCloseTo(1.5 * (1920 * Math.LN2 - 1), 9);
    expect(gaussianKl(0, 2 ** -960, 0, 2 ** 960)).toBeCloseTo(0.5 * (1920 * Math.LN2 - 1), 9);
    for (const beyond of [() => multivariateGaussianKl(wide, narrow), () => gaussianKl(0, 1e300, 0, 1e-300)]) {
      expect(beyond).toThrow(expect.objectContaining({ code: "FEDSCORE_NON_FINITE" }));
    }
  });

  it("refuses a singular covariance and unequal dimensions by name", () => {
    const flat = { mean: Float64Array.of(0, 0), covariance: Float64Array.of(1, 1, 1, 1) };
    expect(() => multivariateGaussianKl(hashedGaussian(2, 1), flat)).toThrow(/q\.covariance must be positive definite/);
    expect(() => multivariateGaussianKl(hashedGaussian(2, 1), hashedGaussian(3, 1))).toThrow(/q\.mean must have 2/);
  });
});

describeEngines("W2 between Gaussians", (engineOf) => {
  it.each(golden)("agrees with numpy in %i dimensions", (d, _, w2) => {
    expect(multivariateGaussianW2(engineOf(), hashedGaussian(d, 1), hashedGaussian(d, 2)) / w2).toBeCloseTo(1, 9);
  });

  it.each([2 ** -480, 2 ** -133, 2 ** 133, 2 ** 480])("is linear in a scale of %d", (c) => {
    const of = (scale: number) => {
      const [p, q] = [1, 2].map((s) => {
        const { mean, covariance } = hashedGaussian(3, s);
        return {
          mean: mean.map((value) => value * scale),
          covariance: covariance.map((value) => value * scale * scale),
        };
      });
      return multivariateGaussianW2(engineOf(), p, q);
    };
    // The coupling's unit is a power of 16, so that only rounding at other places is left.
    expect(of(c) / c).toBeCloseTo(of(1), 12);
  });

  it("is the distance of roots for one direction, and takes singular covariances", () => {
    const p = { mean: Float64Array.of(1, 2), covariance: Float64Array.of(4, 0, 0, 0) };
    const q = { mean: Float64Array.of(1, 2), covariance: Float64Array.of(9, 0, 0, 0.25) };
    expect(multivariateGaussianW2(engineOf(), p, q)).toBeCloseTo(Math.hypot(1, 0.5), 12);
    expect(multivariateGaussianW2(engineOf(), q, q)).toBeLessThan(1e-6);
  });
});
