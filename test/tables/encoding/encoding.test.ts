import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeTable,
  encodedWidth,
  encodeTable,
  fitTableEncoding,
  type NumberEncoding,
  summarizeTable,
  type Table,
  type TableSchema,
} from "../../../src/entries/tables.js";
import { tries } from "../../support/thorough.js";
import { cellsOf } from "../support.js";

const all = { smallestCount: 1, quantiles: 1e6 };

function numbers(values: readonly number[]): Table {
  const column = {
    kind: "number",
    name: "x",
    values: Float64Array.from(values),
    missing: new Uint8Array(values.length),
  };
  return { rows: values.length, columns: [column as Table["columns"][number]] };
}

function categories(codes: readonly (number | null)[], names: readonly string[]): Table {
  const missing = Uint8Array.from(codes, (code) => (code === null ? 1 : 0));
  const column = {
    kind: "category" as const,
    name: "x",
    categories: names,
    codes: Uint32Array.from(codes, (code) => code ?? 0),
    missing,
  };
  return { rows: codes.length, columns: [column] };
}

const anyNumber: TableSchema = { fields: [{ name: "x", type: "number" }] };
const cents: TableSchema = { fields: [{ name: "x", type: "number", format: "0.00" }] };
const text: TableSchema = { fields: [{ name: "x", type: "string" }] };

function numberEncoding(schema: TableSchema, values: readonly number[], options = {}): NumberEncoding {
  const [column] = fitTableEncoding(schema, summarizeTable(numbers(values), schema, all), options).columns;
  if (column?.kind !== "number") throw new Error("no numbers");
  return column;
}

/** Moments of vectors: the mean of each coordinate and the sum of their variances. */
function momentsOf(vectors: Float32Array, dimension: number) {
  const rows = vectors.length / dimension;
  const mean = Array.from({ length: dimension }, (_, at) =>
    vectors.reduce((sum, x, place) => sum + (place % dimension === at ? x / rows : 0), 0),
  );
  const variance = vectors.reduce((sum, x, place) => sum + (x - (mean[place % dimension] ?? 0)) ** 2 / rows, 0);
  return { mean, variance };
}

describe("an encoding", () => {
  it.each([
    ["numbers", anyNumber, numbers(Array.from({ length: 400 }, (_, row) => Math.exp(((row * 61) % 400) / 40)))],
    [
      "numbers beside atoms",
      anyNumber,
      numbers(Array.from({ length: 400 }, (_, row) => (row % 3 === 0 ? 0 : row % 5 === 0 ? 7 : row))),
    ],
    [
      "three categories and gaps",
      text,
      categories(
        Array.from({ length: 400 }, (_, row) => (row % 9 === 0 ? null : row % 3)),
        ["a", "b", "c"],
      ),
    ],
    [
      "two categories",
      text,
      categories(
        Array.from({ length: 400 }, (_, row) => (row % 7 === 0 ? 1 : 0)),
        ["a", "b"],
      ),
    ],
    [
      "many categories and gaps",
      text,
      categories(
        Array.from({ length: 400 }, (_, row) => (row % 9 === 0 ? null : (row * row) % 50)),
        Array.from({ length: 50 }, (_, at) => `c${at}`),
      ),
    ],
  ])("of %s has mean 0 and variance 1", (_, schema, table) => {
    const encoding = fitTableEncoding(schema, summarizeTable(table, schema, all), { knots: 1000 });
    const { mean, variance } = momentsOf(encodeTable(encoding, table).vectors, encoding.dimension);
    // float32 coordinates.
    expect(Math.max(...mean.map(Math.abs))).toBeLessThan(1e-6);
    expect(variance).toBeCloseTo(1, 5);
  });

  it("needs no coordinates for a constant column or one of gaps, one for two states, a logarithm for many", () => {
    const width = (table: Table) =>
      fitTableEncoding(text, summarizeTable(table, text, all)).columns.map(encodedWidth)[0];
    const names = Array.from({ length: 5000 }, (_, at) => `c${at}`);
    expect(width(categories([0, 0, 0], ["a"]))).toBe(0);
    expect(width(categories([null, null], []))).toBe(0);
    expect(width(categories([0, null], ["a"]))).toBe(1);
    expect(width(categories([0, 1, 2], ["a", "b", "c"]))).toBe(3);
    expect(
      width(
        categories(
          names.map((_, at) => at),
          names,
        ),
      ),
    ).toBe(13);
  });

  it("has more than a share of the cells as states of their own", () => {
    const values = [
      ...new Array<number>(60).fill(0),
      ...new Array<number>(6).fill(5),
      ...Array.from({ length: 34 }, (_, at) => at + 10),
    ];
    expect(numberEncoding(anyNumber, values, { atomShare: 0.05 }).atoms).toEqual([0, 5]);
    expect(numberEncoding(anyNumber, values, { atomShare: 0.06 }).atoms).toEqual([0]);
    expect(numberEncoding(anyNumber, values, { atomShare: 1 }).atoms).toEqual([]);
  });

  it("has normal scores: the middle of a value's ranks, standardized", () => {
    // Ranks 1/6, 1/2 and 5/6: scores -0.967, 0, 0.967, divided by their deviation 0.967 * sqrt(2 / 3).
    const { quantiles } = numberEncoding(anyNumber, [10, 20, 1000], { atomShare: 1 });
    expect(quantiles?.normals).toEqual([Math.fround(-Math.sqrt(1.5)), 0, Math.fround(Math.sqrt(1.5))]);
  });

  it("gives all numbers of a grid back where it says that it resolves them, between few knots too", () => {
    const column = fc.array(fc.integer({ min: -1e7, max: 1e7 }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(
        column,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 20, maxLength: 20 }),
        (steps, shares) => {
          const encoding = numberEncoding(
            cents,
            steps.map((step) => step / 100),
            { knots: 8, atomShare: 1 },
          );
          const { values = [], resolution = 0 } = encoding.quantiles ?? {};
          const [low = 0, high = 0] = [values[0], values.at(-1)];
          const inside = shares.map((share) => Math.round((low + share * (high - low)) * 100) / 100);
          const fitted = { columns: [encoding], dimension: encodedWidth(encoding) };
          const back = cellsOf(decodeTable(fitted, encodeTable(fitted, numbers(inside)).vectors, inside.length)).x;
          if (resolution < 0.005) expect(back).toEqual(inside);
          // Half a step of the grid more, by which the number is rounded.
          for (const [at, value] of inside.entries())
            expect(Math.abs(Number(back?.[at]) - value)).toBeLessThanOrEqual(
              resolution < 0.005 ? 0 : resolution + 0.0051,
            );
        },
      ),
      { numRuns: tries(100, 5000), seed: 17 },
    );
  });

  it("gives integers between two knots a million apart back, and says that it does", () => {
    const values = [0, 1e6];
    const encoding = numberEncoding({ fields: [{ name: "x", type: "integer" }] }, values, { atomShare: 1 });
    const fitted = { columns: [encoding], dimension: 1 };
    const inside = Array.from({ length: 2000 }, (_, at) => at * 500 + (at % 7));
    expect(encoding.quantiles?.resolution).toBeLessThan(0.5);
    expect(cellsOf(decodeTable(fitted, encodeTable(fitted, numbers(inside)).vectors)).x).toEqual(inside);
  });

  it("keeps the order of numbers", () => {
    const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(values, values, (fitted, given) => {
        const encoding = numberEncoding(anyNumber, fitted, { atomShare: 1, knots: 10 });
        const sorted = given.toSorted((a, b) => a - b);
        const whole = { columns: [encoding], dimension: encodedWidth(encoding) };
        const { vectors } = encodeTable(whole, numbers(sorted));
        const back = cellsOf(decodeTable(whole, vectors, sorted.length)).x?.map(Number) ?? [];
        expect([...vectors]).toEqual([...vectors].sort((a, b) => a - b));
        expect(back).toEqual(back.toSorted((a, b) => a - b));
      }),
      { numRuns: tries(100, 5000), seed: 17 },
    );
  });

  it("decodes to the grid and between the bounds of the schema", () => {
    const schema: TableSchema = {
      fields: [{ name: "x", type: "number", format: "0.0", constraints: { minimum: 0.25, maximum: 9 } }],
    };
    const encoding = fitTableEncoding(schema, summarizeTable(numbers([1, 2, 3.5]), schema, all), { atomShare: 1 });
    const { x } = cellsOf(decodeTable(encoding, Float32Array.of(-100, -0.2, 0.3, 100)));
    expect(x).toEqual([0.3, 1.8, 2.4, 9]);
  });

  it("says which cells it has no code for, and encodes them as the mean", () => {
    const schema: TableSchema = { fields: [{ name: "x", type: "string" }] };
    const encoding = fitTableEncoding(schema, summarizeTable(categories([0, 1, 2], ["a", "b", "c"]), schema, all));
    const { vectors, unknown } = encodeTable(encoding, categories([0, 1, null], ["d", "a"]));
    expect(unknown).toEqual({ x: 2 });
    expect([...vectors.subarray(0, 3), ...vectors.subarray(6)]).toEqual(new Array(6).fill(0));
  });

  it("has rare categories as other ones, and those of a closed list as they are", () => {
    const codes = [...new Array<number>(20).fill(0), ...new Array<number>(9).fill(1), 2, 3];
    const table = categories(codes, ["a", "b", "rare", "rarer"]);
    const open = fitTableEncoding(text, summarizeTable(table, text));
    const decoded = (encoding: typeof open) =>
      cellsOf(decodeTable(encoding, encodeTable(encoding, table).vectors)).x?.slice(-3);
    expect(decoded(open)).toEqual(["b", "other", "other"]);
    const closed: TableSchema = {
      fields: [{ name: "x", type: "string", constraints: { enum: ["rare", "a", "b", "rarer", "never"] } }],
    };
    expect(decoded(fitTableEncoding(closed, summarizeTable(table, closed)))).toEqual(["b", "rare", "rarer"]);
  });

  it("has the closest of many categories for bits of none", () => {
    const names = Array.from({ length: 33 }, (_, at) => `c${String(at).padStart(2, "0")}`);
    const encoding = fitTableEncoding(
      text,
      summarizeTable(
        categories(
          names.map((_, at) => at),
          names,
        ),
        text,
        all,
      ),
      { mostOneHot: 32 },
    );
    const [column] = encoding.columns;
    const bits = column?.kind === "category" ? column.bits : undefined;
    if (!bits) throw new Error("no bits");
    // 100001 is 33, which is none: of the codes one bit away, that whose bit is closest to 0.
    const given = [0.9, -1, -1, -1, -1, 0.1].map((bit, at) => (bit - (bits.means[at] ?? 0)) * bits.scale);
    expect(cellsOf(decodeTable(encoding, Float32Array.from(given))).x).toEqual(["c01"]);
  });
});
