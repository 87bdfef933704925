import type { Table } from "../../src/tables/column.js";
import golden from "../golden/table-judges.json" with { type: "json" };
import { categoryColumn, numberColumn, tableOf } from "./tables.js";

type Cells = (typeof golden)["real"];

const tableFrom = ({ a, aGap, b, c, d, dGap }: Cells, list: readonly string[]): Table =>
  tableOf(
    numberColumn(
      "a",
      a.map((cell, row) => (aGap[row] ? null : cell)),
    ),
    numberColumn("b", b),
    categoryColumn(
      "c",
      c.map((cell) => `c${cell}`),
      list,
    ),
    categoryColumn(
      "d",
      d.map((cell, row) => (dGap[row] ? null : `d${cell}`)),
    ),
  );

/** The tables of test/golden/table-judges.json: numbers a, with gaps, and b, categories c, and d, with gaps. Their lists differ in order. */
export const goldenTables = {
  real: tableFrom(golden.real, ["c0", "c1", "c2", "c3"]),
  synthetic: tableFrom(golden.synthetic, ["c3", "c1", "c0", "c2"]),
};

export { golden };
