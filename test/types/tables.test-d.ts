import { describe, expectTypeOf, it } from "vitest";
import {
  type ColumnSummary,
  decodeTable,
  encodeTable,
  type FieldOverrule,
  type InferOptions,
  type ReadTableOptions,
  readTable,
  type SummaryOptions,
  type Table,
  type TableField,
  type TableSchema,
} from "../../src/entries/tables.js";

describe("tables", () => {
  it("have formats of numbers and dates alone, and lists of texts alone", () => {
    expectTypeOf<{ name: "x"; type: "number"; format: "0.00" }>().toExtend<TableField>();
    expectTypeOf<{ name: "x"; type: "text" }>().not.toExtend<TableField>();
    type OfIntegers = Extract<TableField, { type: "integer" }>;
    expectTypeOf<keyof OfIntegers>().not.toEqualTypeOf<keyof Extract<TableField, { type: "number" }>>();
    expectTypeOf<"format">().not.toExtend<keyof OfIntegers>();
  });

  it("name their settings exactly", () => {
    expectTypeOf<ReadTableOptions["onInvalid"]>().toEqualTypeOf<"error" | "missing" | undefined>();
    expectTypeOf<SummaryOptions["smallestCount"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<NonNullable<InferOptions["overrule"]>[string]>().toEqualTypeOf<FieldOverrule | false>();
  });

  it("are plain columns, vectors and summaries", () => {
    expectTypeOf(readTable).parameter(2).toEqualTypeOf<TableSchema>();
    expectTypeOf(decodeTable).returns.toEqualTypeOf<Table>();
    expectTypeOf(encodeTable).returns.toHaveProperty("vectors").toExtend<Float32Array>();
    expectTypeOf<ColumnSummary["kind"]>().toEqualTypeOf<"number" | "category">();
  });
});
