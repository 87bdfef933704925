import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnAxes, countCells } from "../../../src/experiment/stages/count-columns.js";
import type { Column } from "../../../src/tables/column.js";
import type { TableField } from "../../../src/tables/schema/field.js";
import { categoryColumn, numberColumn, tableOf } from "../../support/tables.js";

function axisOf(column: Column, smallestCount = 1, field: Partial<TableField> = {}) {
  const schema = { fields: [{ name: column.name, type: "number", ...field } as TableField] };
  return columnAxes(tableOf(column), schema, smallestCount)[0];
}

const numbersTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("cells of numbers", () => {
  it("are in bins with round ends; the outer ones hold what lies beyond", () => {
    const column = numberColumn("x", numbersTo(48));
    const axis = axisOf(column);
    expect(axis).toMatchObject({ kind: "number", scale: "linear", atoms: [], isDate: false });
    const edges = axis.kind === "number" ? axis.edges : [];
    expect([edges[0], edges[1], edges[edges.length - 1]]).toEqual([0, 2, 48]);
    expect(countCells(axis, column)).toEqual({ bins: numbersTo(24).map(() => 2), atoms: [], gaps: 0 });
    const { bins, gaps } = countCells(axis, numberColumn("x", [-100, 1, 46, 1000, null]));
    expect([bins[0], bins[23], gaps]).toEqual([2, 2, 1]);
  });

  it("that are frequent stand apart from them", () => {
    const column = numberColumn("cost", [...numbersTo(30).map(() => 0), ...numbersTo(60).map((x) => 100 + x), null]);
    const axis = axisOf(column);
    expect(axis).toMatchObject({ atoms: [0], scale: "linear" });
    expect(countCells(axis, column)).toMatchObject({ atoms: [30], gaps: 1 });
    expect(axis.kind === "number" && axis.edges[0]).toBe(100);
  });

  it("over many powers of ten are on a logarithmic axis", () => {
    const axis = axisOf(numberColumn("x", [1, 10, 100, 1000, 10_000]));
    const edges = axis.kind === "number" ? axis.edges : [];
    expect(axis).toMatchObject({ scale: "log" });
    expect(edges[0]).toBe(1);
    expect(edges[6]).toBeCloseTo(10, 4);
  });

  it("have no bins where too few differ from the frequent ones", () => {
    const column = numberColumn("x", [5, 5, 5, 7, null]);
    const axis = axisOf(column, 4);
    expect(axis).toMatchObject({ atoms: [5, 7], edges: [] });
    expect(countCells(axis, column)).toEqual({ bins: [], atoms: [3, 1], gaps: 1 });
  });

  it("end where at least as many rows lie beyond as a summary's numbers stand for", () => {
    const values = [-1000, -900, ...numbersTo(100), 5000, 6000];
    const axis = axisOf(numberColumn("x", values), 5);
    const edges = axis.kind === "number" ? axis.edges : [];
    expect(edges[0]).toBeGreaterThanOrEqual(0);
    expect(edges[edges.length - 1]).toBeLessThanOrEqual(105);
  });

  it("are each counted once, whatever they are", () => {
    const anywhere = fc.double({ noNaN: true, noDefaultInfinity: true });
    const close = fc.integer({ min: 0, max: 9 }).map((step) => 1 + step * 2 ** -50);
    const extreme = fc.constantFrom(Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 0);
    const cellsOf = (value: fc.Arbitrary<number>) => fc.array(fc.option(value), { minLength: 1, maxLength: 40 });
    const cells = fc.oneof(...[anywhere, close, extreme].map(cellsOf));
    fc.assert(
      fc.property(cells, cells, fc.integer({ min: 1, max: 6 }), (own, others, smallestCount) => {
        const axis = axisOf(numberColumn("x", own), smallestCount);
        const { edges } = axis.kind === "number" ? axis : { edges: [] };
        expect(edges).toEqual([...new Set(edges)].sort((a, b) => a - b));
        expect(edges.every(Number.isFinite)).toBe(true);
        for (const each of edges.length > 0 ? [own, others] : []) {
          const { bins, atoms = [], gaps } = countCells(axis, numberColumn("x", each));
          expect([...bins, ...atoms].reduce((a, b) => a + b, gaps)).toBe(each.length);
        }
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});

describe("cells of categories", () => {
  it("are counted by name, the most frequent first; rare ones and unknown ones together", () => {
    const column = categoryColumn("site", ["b", "b", "a", "a", "a", "c", null]);
    const axis = axisOf(column, 2, { type: "string" });
    expect(axis).toEqual({ kind: "category", names: ["a", "b"], others: 1 });
    expect(countCells(axis, column)).toEqual({ bins: [3, 2, 1], gaps: 1 });
    expect(countCells(axis, categoryColumn("site", ["new", "b"]))).toEqual({ bins: [0, 1, 1], gaps: 0 });
  });
});
