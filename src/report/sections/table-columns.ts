import { ifComputed, isNotComputed } from "../../experiment/result/not-computed.js";
import { type Child, type Drawn, figure, h, note, numeral, table } from "../elements.js";
import { formatInteger, formatNumber } from "../format.js";
import type { TableColumn, TableResult } from "../parts.js";
import { columnShapePlot, valueWords } from "../plots/column-shape.js";
import { qualityOf, scoreCell } from "../table-sources.js";
import type { Section } from "./section.js";

/** Most columns that are pictured. */
const mostPictured = 60;

/** Every column: how its cells lie, real and synthetic, and what measures of it say. */
export const tableColumnsSection: Section = {
  id: "table-columns",
  title: "Columns",
  render({ table: part }) {
    const told = part && ifComputed(part);
    if (!told || isNotComputed(told.columns)) return [];
    const { columns } = told;
    const hidden = columns.length - mostPictured;
    const rest =
      hidden > 0 ? ` The first ${mostPictured} columns are drawn, ${formatInteger(hidden)} more are not.` : "";
    return [
      figure(
        `Share of the rows in percent: a good model’s colour covers the grey. Of numbers the outer bins hold what lies beyond them.${rest}`,
        h(
          "p",
          { class: "label" },
          h("span", { class: "key", style: "--key: var(--data)" }, "training rows"),
          h("span", { class: "key", style: "--key: var(--federated)" }, "synthetic rows"),
        ),
        ...columns.slice(0, mostPictured).map((column, place) => columnPanel(column, place)),
      ),
      countsTable(told, columns),
      ...lost(columns),
    ];
  },
};

function columnPanel(column: TableColumn, place: number): Drawn {
  const synthetic = ifComputed(column.synthetic);
  const words = apart(column);
  const label = h("p", { class: "label" }, `${place + 1} ${column.name}`, ...words.map((each) => h("small", {}, each)));
  return h("div", { class: "panel" }, label, columnShapePlot(column, synthetic, `column-${place + 1}`));
}

/** What of a column is not in its picture: "0 in 98.3 % (synthetic 98.1 %)". */
function apart({ axis, train, synthetic }: TableColumn): string[] {
  const drawn = ifComputed(synthetic);
  const words = (label: string, of: (counted: Counted) => number) => {
    const both = drawn ? ` (synthetic ${percent(of(drawn), drawn)})` : "";
    return `${label} in ${percent(of(train), train)}${both}`;
  };
  const gaps = ({ gaps: count }: Counted) => count;
  if (axis.kind === "category") {
    const rest = ({ bins }: Counted) => bins[axis.names.length];
    const hasRest = axis.others > 0 || (drawn && rest(drawn) > 0);
    return hasRest ? [words(othersWords(axis.others), rest)] : [];
  }
  if (axis.edges.length === 0) return [];
  const atoms = axis.atoms.map((atom, at) => words(valueWords(atom, axis.isDate), ({ atoms: own }) => own?.[at] ?? 0));
  const hasGaps = train.gaps > 0 || (drawn?.gaps ?? 0) > 0;
  return [...atoms, ...(hasGaps ? [words("missing", gaps)] : [])];
}

function othersWords(others: number): string {
  if (others === 0) return "others";
  return others === 1 ? "1 other" : `${formatInteger(others)} others`;
}

type Counted = TableColumn["train"];

function percent(count: number, counted: Counted): string {
  return `${formatNumber((100 * count) / (cellsIn(counted) || 1), 3)} %`;
}

function cellsIn({ bins, atoms = [], gaps }: Counted): number {
  return [...bins, ...atoms].reduce((sum, each) => sum + each, gaps);
}

function countsTable({ schema, synthetic }: TableResult, columns: readonly TableColumn[]): Drawn {
  const scores = qualityOf(synthetic)?.columns;
  const rows = columns.map((column, place): Child[] => {
    const { name, train, synthetic: drawn, invalid, unknown } = column;
    const judged = scores?.find((each) => each.name === name);
    const gaps = isNotComputed(drawn) ? h("em", {}, "not computed") : percent(drawn.gaps, drawn);
    return [
      `${place + 1} ${name}`,
      schema.fields[place].type,
      scoreCell(judged?.shape),
      scoreCell(judged?.coverage),
      scoreCell(judged?.adherence),
      h("span", {}, percent(train.gaps, train), h("small", {}, gaps, " synthetic")),
      numeral(invalid, formatInteger(invalid)),
      numeral(unknown, formatInteger(unknown)),
    ];
  });
  return table(
    "Measures of each column, 1 at best; and its cells that are no values",
    ["column", "type", "shape", "coverage", "adherence", "missing", "did not fit", "without a code"],
    rows,
  );
}

function lost(columns: readonly TableColumn[]): Drawn[] {
  const sum = (of: (column: TableColumn) => number) => columns.reduce((total, column) => total + of(column), 0);
  const [invalid, unknown] = [sum((column) => column.invalid), sum((column) => column.unknown)];
  return [
    ...(invalid > 0
      ? [note(`${formatInteger(invalid)} cells of the file did not fit their columns; they were taken for gaps.`)]
      : []),
    ...(unknown > 0
      ? [
          note(
            `${formatInteger(unknown)} cells are of categories that no client named, since they are rare there, or gaps of columns in which none was told of: the network saw the mean in their place.`,
          ),
        ]
      : []),
  ];
}
