import { cellAdvice } from "./csv-cells.js";
import type { CsvFields } from "./csv-fields.js";
import { set } from "./invalid.js";

/** Lines that a message names. */
const examples = 3;

interface Column {
  bad: number;
  readonly lines: number[];
}

/** A column of a table, for messages. */
export interface ColumnOf {
  /** Columns that hold something. */
  readonly width: number;
  /** Names of all columns; absent without a header. */
  readonly names?: readonly string[] | undefined;
  readonly column: number;
  /** Number of the column of classes, -1 for none. */
  readonly label: number;
}

/**
 * What to do about a field that is no number, from itself and from all rows like it. `rows` stands at the first row below the header;
 * `found` is the field.
 */
export function fieldAdvice(
  rows: CsvFields,
  width: number,
  decimal: "." | ",",
  found: string,
  { width: filled, names, column, label }: ColumnOf,
): string {
  const { count, columns } = survey(rows, width, decimal);
  const place = (each: number) => (names ? names[each] : each);
  const texts = columns.flatMap(({ bad }, each) => (each !== label && each < filled && bad === count ? [each] : []));
  const advice = cellAdvice(found, { decimal });
  if (texts.includes(column) && advice === undefined) {
    const named = texts.slice(0, 5).map((each) => JSON.stringify(place(each)));
    if (texts.length > 1)
      return `columns ${named.join(" and ")} hold texts: one may be labelColumn, write others as numbers`;
    if (label < 0) return `${set({ labelColumn: place(column) })} where it is the class of a row`;
  }
  const { bad, lines } = columns[column];
  const others = `${bad} of ${count} rows have no number in this column, lines ${lines.join(", ")}${bad > lines.length ? ", ..." : ""}`;
  return [advice ?? "write it as a number", ...(bad > 1 ? [others] : [])].join("; ");
}

/** Fields that are no finite float32, by column, up to the first row of another length. */
function survey(rows: CsvFields, width: number, decimal: "." | ","): { count: number; columns: readonly Column[] } {
  const columns: readonly Column[] = Array.from({ length: width }, () => ({ bad: 0, lines: [] }));
  const point = decimal.charCodeAt(0);
  let count = 0;
  while (rows.nextRow()) {
    const wrong: number[] = [];
    let column = 0;
    do {
      rows.next();
      if (!Number.isFinite(Math.fround(rows.number(point)))) wrong.push(column);
      column++;
    } while (!rows.endsRow && column < width);
    if (!rows.endsRow || column < width) break;
    count++;
    for (const each of wrong) {
      columns[each].bad++;
      if (columns[each].lines.length < examples) columns[each].lines.push(rows.line);
    }
  }
  return { count, columns };
}
