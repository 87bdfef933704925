import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { selectRows } from "../../src/data/dataset.js";
import { roundedRows, ruinedColumn, vanishingColumn } from "../../src/data/exact.js";
import { readCsv } from "../../src/data/formats/csv.js";
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

  it("have a deviation at every scale", () => {
    fc.assert(
      fc.property(fc.integer({ min: -990, max: 1020 }), (exponent) => {
        const unit = 2 ** exponent;
        const scaled = [1, 3, 1, 3].map((value) => value * unit);
        const found = ruinedColumn(Float64Array.from(scaled), new Float32Array(4), 1);
        expect(found).toMatchObject({ mean: 2 * unit, deviation: unit });
      }),
    );
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

describe("columns at the ends of float32", () => {
  it("vanish where float32 has not the digits of their spread, beside a column that is held and about any middle", () => {
    const numbers = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 40 });
    fc.assert(
      fc.property(numbers, fc.integer({ min: -1040, max: 1000 }), (values, exponent) => {
        const column = values.map((value) => value * 2 ** exponent);
        const spread = Math.max(...column) - Math.min(...column);
        const rows = Float64Array.from(column.flatMap((value, row) => [row, value]));
        const found = vanishingColumn(rows, 2)?.column;
        // Half of 2^-149 is the most that rounding costs.
        if (spread === 0 || spread >= 2 ** -140) expect(found).toBeUndefined();
        if (spread > 0 && spread < 2 ** -150) expect(found).toBe(1);
      }),
    );
    expect(vanishingColumn(Float64Array.of(1e-200, 1e-200), 1)).toBeUndefined();
  });

  const text = (scale: number) =>
    ["a,class,b", ...Array.from({ length: 40 }, (_, i) => `${Math.cos(i)},${i % 2},${Math.sin(i) * scale}`)].join("\n");
  const table = (scale: number) => ({ bytes: new TextEncoder().encode(text(scale)), source: "t.csv" });
  const array = (scale: number) => ({
    bytes: npyOf(near.map((x, i) => (i % 3 === 2 ? x * scale : x))),
    source: "t.npy",
  });

  it.each([1e-44, 1e-60, 1e-160, 1e-200, 1e-300])("are refused below, by name: %d", async (scale) => {
    const below =
      /expected numbers that float32 tells apart, found "-.*"; float32 begins at 1.2e-38: rescale the column$/;
    await expect(readDataset(table(scale))).rejects.toThrow(below);
    await expect(readDataset(table(scale))).rejects.toThrow('t.csv, column 2 ("b"): ');
    await expect(readDataset(table(scale), { format: { kind: "csv", labelColumn: "class" } })).rejects.toThrow(
      'column 2 ("b")',
    );
    expect(() => readCsv(table(scale).bytes, "t.csv", { labelColumn: 1 })).toThrow('column 2 ("b")');
    await expect(readDataset(array(scale))).rejects.toThrow(below);
    await expect(readDataset(array(scale))).rejects.toThrow("t.npy, column 2: ");
  });

  it.each([1e40, 1e150, 1e200, 1e300])("are refused above, by name: %d", async (scale) => {
    await expect(readDataset(table(scale))).rejects.toThrow('line 3, column 2 ("b"): expected a finite float32 number');
    await expect(readDataset(array(scale))).rejects.toThrow(/element \[\d+, 2\]: expected a number within float32/);
    const rows = near.map((x, i) => (i % 3 === 2 ? x * scale : x));
    expect(() => summedMoments(engine, rows, dimension, [all])).toThrow(
      "points, column 2, must vary by less than 6.8e+38, which float32 holds, got ",
    );
  });

  it.each([1e-37, 1e-20, 1e30])("are standardized as others within: %d", async (scale) => {
    const { points, exact, dimension: width } = await readDataset(array(scale));
    const fit = fitTransforms(engine, [{ kind: "standardize" }], summedMoments(engine, exact ?? points, width, [all]));
    const usual = fitTransforms(engine, [{ kind: "standardize" }], summedMoments(engine, near, width, [all]));
    expect(gap(fit.forward(exact ?? points), usual.forward(near))).toBeLessThan(1e-5);
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
