/** Conditions on the cells of a row. */
import { describe, expect, test } from "vitest";
import { parseCondition, readTable, rowsWhere, type TableSchema } from "../../../src/entries/tables.js";
import { utf8 } from "../support.js";

const schema: TableSchema = {
  fields: [
    { name: "Cost", type: "integer" },
    { name: "Cost Total $", type: "number", decimalChar: "," },
    { name: "Wildlife Size", type: "string" },
    { name: "day", type: "date", format: "%d.%m.%Y", missingValues: ["", "?"] },
    { name: "was < 3", type: "boolean", trueValues: ["yes"], falseValues: ["no"] },
  ],
};
const file = `Cost;Cost Total $;Wildlife Size;day;was < 3
1;0,5;Large;01.02.2020;yes
2;;Small;?;no
;-1,5;;29.02.2020;
3;2;a=b;01.03.2020;yes
`;
const { table } = readTable(utf8(file), "t.csv", schema);
const rows = (...texts: string[]) => [
  ...rowsWhere(
    table,
    texts.map((text) => parseCondition(text, schema)),
  ),
];

describe("conditions", () => {
  test("are read with the column that is longest, values as the file writes them, and blanks about the operator", () => {
    expect(parseCondition("Cost Total $>=0,5", schema)).toEqual({ column: "Cost Total $", operator: ">=", value: 0.5 });
    expect(parseCondition("Cost != 2", schema)).toEqual({ column: "Cost", operator: "!=", value: 2 });
    expect(parseCondition("Wildlife Size=a=b", schema)).toMatchObject({ operator: "=", value: "a=b" });
    expect(parseCondition("day<01.03.2020", schema)).toMatchObject({ operator: "<", value: 18322 });
    expect(parseCondition("was < 3 = yes", schema)).toMatchObject({ column: "was < 3", value: "true" });
    expect(parseCondition("Wildlife Size=", schema)).toMatchObject({ value: null });
    expect(parseCondition("day = ?", schema)).toMatchObject({ value: null });
  });

  test.each([
    ["Cost=1", [0]],
    ["Cost!=1", [1, 2, 3]],
    ["Cost<2", [0]],
    ["Cost<=2", [0, 1]],
    ["Cost>1", [1, 3]],
    ["Cost>=3", [3]],
    ["Cost=", [2]],
    ["Cost!=", [0, 1, 3]],
    ["Cost Total $<0", [2]],
    ["Wildlife Size=Large", [0]],
    ["Wildlife Size!=Large", [1, 2, 3]],
    ["day>=29.02.2020", [2, 3]],
    ["day=", [1]],
    ["was < 3=no", [1]],
  ])("%s", (text, expected) => {
    expect(rows(text)).toEqual(expected);
  });

  test("hold all together, and none holds for all rows", () => {
    expect(rows("Cost>=1", "was < 3=yes")).toEqual([0, 3]);
    expect(rows("Cost=1", "Cost=2")).toEqual([]);
    expect(rows()).toEqual([0, 1, 2, 3]);
  });

  test.each([
    ["Wildlife Sise=Large", 'did you mean "Wildlife Size"?'],
    ["zzz", 'must begin with a column and an operator, such as "Cost=value"'],
    ["Cost=a", 'condition must compare "Cost" with an integer, got "a"'],
    ["day=2020-01-01", 'must compare "day" with a date in the format "%d.%m.%Y"'],
    ["Wildlife Size>Large", "condition must compare a category by = or !="],
    ["Cost<", "condition must compare a gap by = or !="],
  ])("%s is refused", (text, message) => {
    expect(() => parseCondition(text, schema)).toThrow(message);
  });

  test("on a column that the table does not have are refused", () => {
    expect(() => rowsWhere(table, [{ column: "x", operator: "=", value: 1 }])).toThrow("conditions[0].column must be");
  });
});
