import fc from "fast-check";
import { expect, test } from "vitest";
import { readCsv } from "../../../src/data/formats/csv.js";
import { writeCsv } from "../../../src/data/formats/write-csv.js";

const encoded = (text: string) => new TextEncoder().encode(text);
const float32 = fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

test("readCsv gives back every float32 that writeCsv wrote", () => {
  const rows = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.array(float32, { minLength: 4, maxLength: 40 }));
  fc.assert(
    fc.property(rows, ([dimension, values]) => {
      const points = Float32Array.from(values.slice(0, values.length - (values.length % dimension)));
      const table = readCsv(encoded(writeCsv(points, dimension)), "rows.csv");
      expect(table.points).toEqual(points.map((value) => value + 0));
    }),
  );
});

test("numbers are as short as float32 allows", () => {
  expect(writeCsv(Float32Array.of(0.1, 1 / 3, 1e-30, -5), 2)).toBe("x0,x1\n0.1,0.33333334\n1e-30,-5\n");
});

test.each<[string, Float32Array, number, string]>([
  ["no rows", new Float32Array(0), 2, "points must have a length that is a multiple of dimension 2, got 0"],
  ["half a row", new Float32Array(3), 2, "points must have a length that is a multiple of dimension 2, got 3"],
  ["NaN", Float32Array.of(1, Number.NaN), 1, "points[1] must be finite, got NaN"],
  ["no dimension", new Float32Array(1), 0, "dimension must be an integer >= 1, got 0"],
])("%s is refused", (_, points, dimension, message) => {
  expect(() => writeCsv(points, dimension)).toThrow(message);
});
