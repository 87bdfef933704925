import { expect, it } from "vitest";
import { clientMoments, covarianceOf } from "../../../src/data/moments.js";
import { type PcaTransform, pca } from "../../../src/data/transforms/index.js";
import { describeEngines } from "../../support/engines.js";

const [count, dimension] = [3000, 7];
const rows = Uint32Array.from({ length: count }, (_, row) => row);
/** Three factors in seven coordinates plus a little noise. */
const points = Float32Array.from({ length: count * dimension }, (_, at) => {
  const [row, column] = [Math.floor(at / dimension), at % dimension];
  const factor = (k: number) => ((row * (2 * k + 1) * 7919) % 1013) / 1013 - 0.5;
  return (
    4 * factor(1) * (column % 2) +
    2 * factor(2) * (column % 3) +
    factor(3) * column +
    0.01 * factor(column + 4) +
    column
  );
});

describeEngines("pca", (engineOf) => {
  const moments = () => clientMoments(engineOf(), points, dimension, rows);
  const fitted = (components: number, whiten = false): PcaTransform =>
    pca.create({ components, whiten }, engineOf(), moments(), "transforms[0]");
  const covarianceAfter = (transform: PcaTransform) =>
    covarianceOf(clientMoments(engineOf(), transform.forward(points), transform.outputDimension, rows));

  it("makes coordinates uncorrelated, with the variances it reports, and of variance 1 when whitened", () => {
    for (const whiten of [false, true]) {
      const transform = fitted(dimension, whiten);
      covarianceAfter(transform).forEach((value, at) => {
        const [i, j] = [Math.floor(at / dimension), at % dimension];
        const expected = i !== j ? 0 : whiten ? 1 : transform.variances[i];
        // Scores carry the float32 error of centered coordinates and of the axes, amplified by 1 / sqrt(variance) when whitened.
        const scale = whiten
          ? transform.variances[0] / Math.sqrt(transform.variances[i] * transform.variances[j])
          : transform.variances[0];
        expect(Math.abs(value - expected)).toBeLessThan(64 * 2 ** -24 * scale);
      });
      expect([...transform.variances]).toEqual([...transform.variances].sort((a, b) => b - a));
    }
  });

  it("reports what it kept: the rest is the mean squared error of the projection", () => {
    let total = 0;
    for (let j = 0; j < dimension; j++) total += covarianceOf(moments())[j * (dimension + 1)];
    for (const components of [1, 2, 3]) {
      const transform = fitted(components, true);
      const back = transform.inverse(transform.forward(points));
      const error = back.reduce((sum, value, at) => sum + (value - points[at]) ** 2, 0) / count;
      expect(error / total).toBeCloseTo(1 - transform.explained, 6);
    }
    expect(fitted(3).explained).toBeGreaterThan(0.999);
    expect(fitted(dimension).explained).toBeCloseTo(1, 14);
  });

  it("projects: what inverse gives is mapped back to itself", () => {
    const transform = fitted(2, true);
    const scores = transform.forward(points);
    const again = transform.forward(transform.inverse(scores));
    const worst = again.reduce((max, value, at) => Math.max(max, Math.abs(value - scores[at])), 0);
    expect(worst).toBeLessThan(64 * 2 ** -24 * Math.sqrt(transform.variances[0] / transform.variances[1]) * 10);
  });

  it("treats any number of rows alike, across the blocks it works in", () => {
    const transform = fitted(3);
    const scores = transform.forward(points);
    for (const end of [0, 1, 5, 2047, 2048, 2049]) {
      expect(transform.forward(points.subarray(0, end * dimension))).toEqual(scores.slice(0, end * 3));
    }
  });

  it("takes data of one point, and of constant coordinates, without dividing by 0", () => {
    const moments = clientMoments(engineOf(), points, dimension, Uint32Array.of(3));
    const transform = pca.create({ components: 2, whiten: true }, engineOf(), moments, "transforms[0]");
    const point = points.subarray(3 * dimension, 4 * dimension);
    expect([...transform.forward(point)].map((value) => value + 0)).toEqual([0, 0]);
    expect(transform.inverse(transform.forward(point))).toEqual(point.slice());
    expect(transform.explained).toBe(1);
  });
});
