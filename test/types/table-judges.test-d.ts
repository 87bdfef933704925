import { describe, expectTypeOf, it } from "vitest";
import {
  type Column,
  columnMeasures,
  type Measured,
  type NumberColumn,
  type PrivacyMeasureName,
  type pairMeasures,
  type privacyMeasures,
  type Table,
} from "../../src/entries/tables.js";

describe("judges of tables", () => {
  it("have columns of either kind, told by it", () => {
    expectTypeOf<Table["columns"][number]>().toEqualTypeOf<Column>();
    expectTypeOf<Extract<Column, { kind: "number" }>>().toEqualTypeOf<NumberColumn>();
    expectTypeOf<Extract<Column, { kind: "category" }>["codes"]>().toExtend<Uint32Array>();
  });

  it("are judged with a value, or with the reason why there is none", () => {
    expectTypeOf<Extract<Measured, { value: null }>["reason"]>().toEqualTypeOf<string>();
    expectTypeOf<Extract<Measured, { value: number }>>().not.toHaveProperty("reason");
  });

  it("give each measure columns of its kind alone", () => {
    expectTypeOf(columnMeasures.KSComplement.evaluate).parameters.toEqualTypeOf<[NumberColumn, NumberColumn]>();
    expectTypeOf(columnMeasures.TVComplement.evaluate).parameter(0).not.toEqualTypeOf<NumberColumn>();
    expectTypeOf<readonly [Column, Column]>().toExtend<
      Parameters<typeof pairMeasures.ContingencySimilarity.evaluate>[0]
    >();
    expectTypeOf<readonly [Column, Column]>().not.toExtend<
      Parameters<typeof pairMeasures.CorrelationSimilarity.evaluate>[0]
    >();
    expectTypeOf<PrivacyMeasureName>().toEqualTypeOf<keyof typeof privacyMeasures>();
  });
});
