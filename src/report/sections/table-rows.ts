import { ifComputed, isNotComputed } from "../../experiment/result/not-computed.js";
import { table } from "../elements.js";
import type { Section } from "./section.js";

/** The first synthetic rows, as they are in synthetic.csv. */
export const tableRowsSection: Section = {
  id: "table-rows",
  title: "Synthetic rows",
  render({ table: part }) {
    const told = part && ifComputed(part);
    if (!told || isNotComputed(told.examples)) return [];
    const rows = told.examples.map((cells, row) => [String(row + 1), ...cells]);
    return [
      table(
        "The first rows, not selected",
        ["row", ...told.schema.fields.map(({ title, name }) => title ?? name)],
        rows,
      ),
    ];
  },
};
