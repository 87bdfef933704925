import { missingWord } from "./csv-cells.js";
import type { CsvDialect } from "./csv-dialects.js";
import { CsvFields, readsAsTable } from "./csv-fields.js";

/** The last column of a table, where classes often stand. */
export interface LastColumn {
  /** Its name, where the first row has names, else its number. */
  readonly place: string | number;
  /** Whether its name is one for classes. */
  readonly isNamed: boolean;
  /** What its fields below the first row are: both is a column of numbers with something odd in it, or missing. */
  readonly holds: "numbers" | "texts" | "both";
}

/** The last column of the table in a text, as a dialect cuts it. */
export function lastColumn(bytes: Uint8Array, { delimiter, decimal }: CsvDialect): LastColumn {
  const point = decimal.charCodeAt(0);
  const fields = new CsvFields(bytes, "", { delimiter, comments: true });
  const names: string[] = [];
  let [numbers, texts] = [0, 0];
  // An open quote ends the reading: who reads the table names it.
  readsAsTable(() => {
    if (fields.nextRow()) readNames(fields, names);
    while (fields.nextRow()) {
      do fields.next();
      while (!fields.endsRow);
      if (Number.isFinite(fields.number(point))) numbers++;
      else texts++;
    }
  });
  const place = names.length - 1;
  const isHeader = names.every((name) => name !== "" && Number.isNaN(Number(name)) && !missingWord.test(name));
  return {
    place: isHeader ? names[place] : place,
    isNamed: isHeader && /^(?:class|label|species|target)$/i.test(names[place]),
    holds: texts === 0 ? "numbers" : numbers === 0 ? "texts" : "both",
  };
}

function readNames(fields: CsvFields, names: string[]): void {
  do {
    fields.next();
    names.push(fields.text().trim());
  } while (!fields.endsRow);
}
