import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  calibratedVectors,
  decodeDrawn,
  decodeTable,
  encodeTable,
  fitCalibration,
  fitTableEncoding,
  qualityReport,
  summarizeTable,
  type Table,
  type TableEncoding,
} from "../../../src/entries/tables.js";
import { fitScoreMap, mappedScore } from "../../../src/tables/calibration/score-map.js";
import { stateOffsets } from "../../../src/tables/calibration/state-offsets.js";
import { normalQuantile } from "../../../src/tables/encoding/normal-quantile.js";
import { tries } from "../../support/thorough.js";
import { readInferred } from "../support.js";

/** Numbers in (0, 1) that follow from their places and a seed alone. */
function spread(count: number, seed = 1): Float64Array {
  return Float64Array.from({ length: count }, (_, at) => {
    let mixed = Math.imul(at + 1, 0x9e3779b1) ^ Math.imul(seed, 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32 + 2 ** -34;
  });
}

function winners(likeness: Float64Array, offsets: Float64Array): number[] {
  const states = offsets.length;
  return Array.from({ length: likeness.length / states }, (_, row) => {
    const values = Array.from(offsets, (offset, state) => (likeness[row * states + state] ?? 0) + offset);
    return values.indexOf(Math.max(...values));
  });
}

describe("offsets of states", () => {
  it("have each state win its share of the rows", () => {
    const shares = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(shares, fc.integer({ min: 1, max: 1e6 }), (weights, seed) => {
        const total = weights.reduce((sum, each) => sum + each, 0);
        const wanted = weights.map((each) => each / total);
        const likeness = spread(600 * wanted.length, seed);
        const won = winners(likeness, stateOffsets(likeness, wanted));
        const off = wanted.map((share, state) => Math.abs(won.filter((each) => each === state).length / 600 - share));
        expect(off.reduce((sum, each) => sum + each, 0) / 2).toBeLessThan(0.001 + wanted.length / 1200);
      }),
      { numRuns: tries(20, 200) },
    );
  });

  it("give up the least likeness of all ways to get the shares that come out", () => {
    const rows = 6;
    const likeness = spread(rows * 3);
    const sumOf = (states: readonly number[]) =>
      states.reduce((sum, state, row) => sum + (likeness[row * 3 + state] ?? 0), 0);
    const countsOf = (way: readonly number[]) => [0, 1, 2].map((state) => way.filter((each) => each === state).length);
    const won = winners(likeness, stateOffsets(likeness, [1 / 3, 1 / 3, 1 / 3]));
    const ways = Array.from({ length: 3 ** rows }, (_, way) =>
      Array.from({ length: rows }, (_, row) => Math.floor(way / 3 ** row) % 3),
    ).filter((way) => countsOf(way).join() === countsOf(won).join());
    expect(ways.length).toBeGreaterThan(50);
    expect(sumOf(won)).toBeCloseTo(Math.max(...ways.map(sumOf)), 12);
  });

  it("of two states are the quantile of their difference", () => {
    const first = spread(1000);
    const likeness = Float64Array.from({ length: 2000 }, (_, at) => (at % 2 === 0 ? (first[at >> 1] ?? 0) : 0.5));
    const [a = 0, b = 0] = stateOffsets(likeness, [0.3, 0.7]);
    const ascending = first.slice().sort();
    expect(b - a).toBeCloseTo(((ascending[699] ?? 0) + (ascending[700] ?? 0)) / 2 - 0.5, 12);
    expect(0.3 * a + 0.7 * b).toBeCloseTo(0, 12);
  });
});

describe("a map of scores", () => {
  const quantiles = {
    values: [1, 2, 5],
    counts: [50, 30, 20],
    normals: [-1, 0.25, 1.5],
    resolution: 0,
  };

  it("reads each share of the draws as the value that has it, however the draws are spread", () => {
    const draws = spread(10_000).map((share) => 3 + 0.2 * normalQuantile(share));
    const map = fitScoreMap(quantiles, draws);
    if (!map) throw new Error("no map");
    const read = draws.map((draw) => mappedScore(map, draw));
    const within = (low: number, high: number) => read.filter((score) => score > low && score <= high).length / 10_000;
    expect(within(-Infinity, -0.375)).toBeCloseTo(0.5, 3);
    expect(within(-0.375, 0.875)).toBeCloseTo(0.3, 3);
    expect(within(0.875, Infinity)).toBeCloseTo(0.2, 3);
    expect(mappedScore(map, 13) - mappedScore(map, 12)).toBeCloseTo(1, 12);
    expect(mappedScore(map, -13) - mappedScore(map, -12)).toBeCloseTo(-1, 12);
  });

  it("keeps the order, and is none where draws are few", () => {
    const draws = spread(500).map((x) => Math.round(20 * x) / 20);
    const map = fitScoreMap(quantiles, draws);
    if (!map) throw new Error("no map");
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -9, max: 9 }), fc.float({ noNaN: true, min: -9, max: 9 }), (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(mappedScore(map, low)).toBeLessThanOrEqual(mappedScore(map, high));
      }),
      { numRuns: tries(100, 1000) },
    );
    expect(fitScoreMap(quantiles, draws.subarray(0, 99))).toBeUndefined();
    expect(fitScoreMap(quantiles, new Float64Array(200).fill(0.5))).toBeUndefined();
  });
});

/** A table of categories, numbers with an atom and gaps, and dates. */
const text = `kind,amount,when\n${Array.from({ length: 1200 }, (_, row) => {
  const kind = row % 2 ? "common" : row % 3 ? "middle" : row % 4 ? "rare" : "gap";
  const amount = row % 5 === 0 ? "0" : row % 7 === 0 ? "" : String(10 + ((row * row) % 90));
  return `${kind === "gap" ? "" : kind},${amount},2020-01-${String(1 + (row % 28)).padStart(2, "0")}`;
}).join("\n")}\n`;
const { schema, table } = readInferred(text);
const encoding = fitTableEncoding(schema, summarizeTable(table, schema, { smallestCount: 1 }));
const { vectors } = encodeTable(encoding, table);

/** What a poor generator draws: its states wash out and lean to the first one, its scores are squeezed. */
function poor(code: TableEncoding, rows: Float32Array, noise: number): Float32Array {
  const random = spread(rows.length);
  return rows.map(
    (x, at) => 0.5 * x + noise * normalQuantile(random[at] ?? 0.5) + (at % code.dimension === 0 ? 0.4 : 0),
  );
}

describe("a calibration", () => {
  it("of a generator that is right leaves its rows as they are", () => {
    const calibration = fitCalibration(encoding, vectors);
    expect(decodeDrawn({ encoding, calibration }, vectors)).toEqual(decodeTable(encoding, vectors));
  });

  it("gives what a poor generator draws next the shares and quantiles of the summary", () => {
    const drawn = poor(encoding, vectors, 0.3);
    const half = (drawn.length / 2 / encoding.dimension) * encoding.dimension;
    const calibration = fitCalibration(encoding, drawn.subarray(0, half));
    const shapes = (rows: Table) => qualityReport(table, rows).columnShapes.value ?? 0;
    const next = drawn.subarray(half);
    expect(shapes(decodeTable(encoding, next))).toBeLessThan(0.9);
    expect(shapes(decodeDrawn({ encoding, calibration }, next))).toBeGreaterThan(0.94);
  });

  it("shares out the rows that no client told by what the generator draws", () => {
    const categories = ["other", "told", "seen"];
    const schemaOf = { fields: [{ name: "x", type: "string" as const }] };
    const summary = {
      columns: [
        {
          kind: "category" as const,
          name: "x",
          categories: ["seen", "told"],
          counts: [100, 500],
          other: 400,
          missing: 0,
        },
      ],
    };
    const code = fitTableEncoding(schemaOf, summary);
    const truth = [100, 500, 400];
    const codes = Uint32Array.from(truth.flatMap((count, category) => new Array<number>(count).fill(category)));
    const column = { kind: "category" as const, name: "x", categories, codes, missing: new Uint8Array(1000) };
    const rows = encodeTable(code, { rows: 1000, columns: [column] }).vectors;
    const drawn = decodeDrawn({ encoding: code, calibration: fitCalibration(code, rows) }, rows).columns[0];
    if (drawn?.kind !== "category") throw new Error("no categories");
    const counts = categories.map((name) => drawn.codes.filter((each) => drawn.categories[each] === name).length);
    expect(counts).toEqual(truth);
  });

  it("moves each coordinate by itself and keeps what it is given", () => {
    const drawn = poor(encoding, vectors, 0.3);
    const calibration = fitCalibration(encoding, drawn);
    const copy = drawn.slice();
    const moved = calibratedVectors(encoding, calibration, drawn);
    expect(drawn).toEqual(copy);
    const { dimension } = encoding;
    const row = drawn.slice(0, dimension);
    for (let at = 0; at < dimension; at++) {
      const other = drawn.slice(5 * dimension, 6 * dimension);
      other[at] = row[at] ?? 0;
      expect(calibratedVectors(encoding, calibration, other)[at]).toBe(moved[at]);
    }
  });

  it("is refused where it is of another encoding, and vectors of another width", () => {
    const calibration = fitCalibration(encoding, vectors);
    const short = { columns: calibration.columns.slice(1) };
    expect(() => calibratedVectors(encoding, short, vectors)).toThrow("calibration.columns must");
    const narrow = { columns: calibration.columns.map(() => ({ shifts: [] })) };
    expect(() => calibratedVectors(encoding, narrow, vectors)).toThrow("calibration.columns[0].shifts must");
    const back = calibration.columns.map((column) => ({ ...column, scores: { drawn: [1, 0], scores: [0, 1] } }));
    expect(() => calibratedVectors(encoding, { columns: back }, vectors)).toThrow(
      "calibration.columns[0].scores.drawn[1] must be larger than the one before",
    );
    expect(() => calibratedVectors(encoding, calibration, vectors.subarray(1))).toThrow("vectors must");
    expect(() => fitCalibration(encoding, vectors.subarray(1))).toThrow("vectors must");
    expect(() => fitCalibration(encoding, new Float32Array(0))).toThrow("vectors must");
  });
});
