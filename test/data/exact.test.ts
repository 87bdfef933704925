import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { selectRows } from "../../src/data/dataset.js";
import { roundedRows, ruinedColumn } from "../../src/data/exact.js";
import { clientMoments, covarianceOf, meanOf, sumMoments, summedMoments } from "../../src/data/moments.js";
import { readDataset } from "../../src/data/read.js";
import { fitTransforms, type TransformSpec, transformFromJSON, transforms } from "../../src/data/transforms/index.js";
import { simdEngine } from "../support/engines.js";
import { gaussianSample } from "../support/samples.js";
import { specsOf } from "../support/specs.js";

const engine = await simdEngine();
const rows = 400;
const dimension = 3;
const near = Float64Array.from(gaussianSample(engine, rows, dimension, 1));
const far = near.map((value) => 1e7 + value);
const all = Uint32Array.from({ length: rows }, (_, row) => row);
const halves = [all.subarray(0, 150), all.subarray(150)];

/** Largest |a - b|. */
const gap = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a, (value, i) => Math.abs(value - b[i])).reduce((most, value) => Math.max(most, value), 0);

describe("rows that float32 does not hold", () => {
  it("are kept beside their rounded copy, which others need no company", () => {
    expect(roundedRows(near, dimension)).toEqual({ points: Float32Array.from(near) });
    expect(roundedRows(far, dimension)).toEqual({ points: Float32Array.from(far), exact: far });
    expect(ruinedColumn(far, Float32Array.from(far), dimension)).toMatchObject({
      column: 0,
      mean: expect.closeTo(1e7, 0),
    });
    const thousands = near.map((value) => 1e5 + value);
    expect(roundedRows(thousands, dimension).exact).toBe(thousands);
    expect(ruinedColumn(thousands, Float32Array.from(thousands), dimension)).toBeUndefined();
    expect(roundedRows(Float64Array.of(2 ** 30, 2 ** 30 + 128, 2 ** 30 - 64), 1).exact).toBeUndefined();
  });

  it("are chosen with the others", () => {
    const chosen = selectRows({ ...roundedRows(far, dimension), dimension }, Uint32Array.of(5, 2));
    expect(chosen.exact).toEqual(Float64Array.of(...far.subarray(15, 18), ...far.subarray(6, 9)));
  });

  it.each([
    [
      "csv",
      new TextEncoder().encode(
        Array.from({ length: rows }, (_, r) => far.slice(3 * r, 3 * r + 3).join(",")).join("\n"),
      ),
    ],
    ["npy", npyOf(far)],
  ])("are read from a %s file", async (kind, bytes) => {
    const { exact, points } = await readDataset({ bytes, source: `far.${kind}` });
    expect(exact).toEqual(far);
    expect(points).toEqual(Float32Array.from(far));
  });

  it("have moments about an origin, of all rows as of clients one by one", () => {
    const whole = summedMoments(engine, far, dimension, halves);
    const summed = sumMoments(halves.map((part) => clientMoments(engine, far, dimension, part)));
    const expected = summedMoments(engine, Float32Array.from(near), dimension, [all]);
    for (const moments of [whole, summed]) {
      // 1e7 + x is rounded by 1e-9 in float64 and x - origin by 2^-24 of a few.
      expect(
        gap(
          meanOf(moments),
          meanOf(expected).map((value) => 1e7 + value),
        ),
      ).toBeLessThan(1e-6);
      expect(gap(covarianceOf(moments), covarianceOf(expected))).toBeLessThan(1e-6);
    }
  });

  it.each(specsOf(transforms, { pca: { components: 2 } }))(
    "$kind is fitted and computed before they are rounded",
    (spec: TransformSpec) => {
      const nearFit = fitTransforms(engine, [spec], summedMoments(engine, Float32Array.from(near), dimension, [all]));
      const fit = fitTransforms(engine, [spec], summedMoments(engine, far, dimension, [all]));
      const restored = transformFromJSON(engine, JSON.parse(JSON.stringify(fit)), "file");
      const image = nearFit.forward(Float32Array.from(near));
      for (const transform of [fit, restored]) {
        expect(gap(transform.forward(far), image)).toBeLessThan(1e-5);
        // Half a unit in the last place of 1e7 in float32.
        expect(
          gap(
            transform.inverse(image),
            nearFit.inverse(image).map((value) => 1e7 + value),
          ),
        ).toBeLessThan(0.5 + 1e-5);
      }
      // Moments behind it are those of its image, as for rows near 0.
      const behind = fit.moments(summedMoments(engine, far, dimension, [all]));
      expect(
        gap(
          covarianceOf(behind),
          covarianceOf(nearFit.moments(summedMoments(engine, Float32Array.from(near), dimension, [all]))),
        ),
      ).toBeLessThan(1e-5);
    },
  );

  it("do not pass for constant where they are float32 already: whole numbers around 1e7", () => {
    const whole = Float32Array.from(far);
    const covariance = covarianceOf(clientMoments(engine, whole, dimension, all));
    // Of N(0, 1) rounded to whole numbers: 1 + 1/12, within 4 standard errors of 400 rows.
    for (let j = 0; j < dimension; j++) expect(Math.abs(covariance[4 * j] - 13 / 12)).toBeLessThan((4 * 1.5) / 20);
    const scaled = fitTransforms(
      engine,
      [{ kind: "standardize" }],
      summedMoments(engine, whole, dimension, [all]),
    ).forward(whole);
    expect(Math.sqrt(scaled.reduce((sum, value) => sum + value * value, 0) / scaled.length)).toBeCloseTo(1, 5);
  });
});

describe("transforms and moments", () => {
  const one = summedMoments(engine, Float32Array.from(near), dimension, [all]);

  it.each([...specsOf(transforms, { pca: { components: 2 } }), undefined])(
    "give finite rows of finite ones, or say which row is not: %j",
    (spec) => {
      const transform = fitTransforms(engine, spec ? [spec] : [], one);
      const anyRows = fc.float32Array({ minLength: 6, maxLength: 6, noNaN: false });
      fc.assert(
        fc.property(anyRows, (points) => {
          const maps = [
            () => transform.forward(points),
            () => transform.inverse(points.subarray(0, 2 * transform.outputDimension)),
          ];
          for (const map of maps) {
            try {
              expect(map().every(Number.isFinite)).toBe(true);
            } catch (error) {
              expect(error).toMatchObject({
                code: "FEDSCORE_NON_FINITE",
                message: expect.stringMatching(/row \d, column \d/),
              });
            }
          }
        }),
      );
      expect(() => transform.forward(Float32Array.of(1, 2, 3, 4, Number.NaN, 6))).toThrow(
        expect.objectContaining({ code: "FEDSCORE_NON_FINITE" }),
      );
    },
  );

  it("of sums that are not finite give no mean and no covariance", () => {
    for (const broken of [
      { ...one, sum: one.sum.map(() => Number.NaN) },
      { ...one, sum: one.sum.map(() => 1e300) },
    ]) {
      expect(() => covarianceOf(broken)).toThrow(expect.objectContaining({ code: "FEDSCORE_NON_FINITE" }));
    }
    expect(() => meanOf({ ...one, sum: one.sum.map(() => Number.NaN) })).toThrow("meanOf[0] of these arguments is NaN");
  });
});

/** A float64 .npy file of [rows, 3], as NumPy writes it. */
function npyOf(values: Float64Array): Uint8Array {
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${values.length / 3}, 3), }`.padEnd(117);
  const head = `\x93NUMPY\x01\x00\x76\x00${text}\n`;
  return Uint8Array.of(...Array.from(head, (c) => c.charCodeAt(0)), ...new Uint8Array(values.buffer));
}
