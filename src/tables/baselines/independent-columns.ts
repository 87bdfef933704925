import { Purpose, RandomStream } from "../../kernels/index.js";
import { takeCells } from "../table-rows.js";
import { baseline } from "./baseline.js";

/** Each column's cells drawn with replacement, without regard to the other columns: every shape is right, no relation is. */
export const independentColumns = baseline({
  name: "independentColumns",
  title: "Independent columns",
  generate(engine, table, { rows, seed }) {
    const columns = table.columns.map((column, client) => {
      const random = new RandomStream(engine, { seed, purpose: Purpose.tableBaseline, client });
      return takeCells(
        column,
        Uint32Array.from({ length: rows }, () => random.integer(table.rows)),
      );
    });
    return { rows, columns };
  },
});
