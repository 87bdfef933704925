import { detailed, invalidData } from "../../data/formats/invalid.js";
import { describeValue } from "../../errors.js";
import type { Table } from "../column.js";
import type { TableDialect } from "../csv/table-dialect.js";
import type { TableField, TableSchema } from "../schema/field.js";
import { type ColumnReader, columnReader } from "./column-reader.js";

/** A table as it was read from a file. */
export interface ReadTable {
  readonly table: Table;
  /** How the file is written; `writeTable` writes it alike. */
  readonly dialect: TableDialect;
  /** Cells of each column that became gaps because they did not fit; columns without such cells are left out. */
  readonly invalid: Readonly<Record<string, number>>;
}

/** What must be known of a file to read its rows. */
interface ReadFile {
  readonly names: readonly string[];
  readonly mostRows: number;
  /** What the places of its rows count. */
  readonly unit?: "line" | "row" | undefined;
}

/** Collects the rows of a file into typed columns: of the rows themselves it keeps nothing. */
export class TableReader {
  readonly #source: string;
  readonly #unit: "line" | "row";
  readonly #readers: readonly (ColumnReader & { readonly at: number })[];
  readonly #isStrict: boolean;
  #rows = 0;

  /**
   * @throws FedscoreError FEDSCORE_INVALID_DATA for a field that the file lacks.
   */
  constructor(
    { names, mostRows, unit = "line" }: ReadFile,
    source: string,
    { fields, missingValues }: TableSchema,
    onInvalid: "error" | "missing",
  ) {
    this.#source = source;
    this.#unit = unit;
    this.#isStrict = onInvalid === "error";
    this.#readers = fields.map((field) => ({
      ...columnReader(field, mostRows, missingValues),
      at: placeIn(names, field, source),
    }));
  }

  /** @throws FedscoreError FEDSCORE_INVALID_DATA for a cell that does not fit, unless it is to be a gap. */
  add(cells: readonly string[], at: number): void {
    this.#rows++;
    for (const reader of this.#readers) {
      const cell = cells[reader.at];
      if (reader.take(cell) || !this.#isStrict) continue;
      const place = `${this.#unit} ${at}, column ${describeValue(reader.name)}`;
      const error = invalidData(this.#source, place, reader.expected, cell);
      throw detailed(error, { [this.#unit]: at, column: reader.name });
    }
  }

  /** What was collected. */
  end(dialect: TableDialect): ReadTable {
    const invalid = this.#readers.map(({ name, invalid }) => [name, invalid()] as const);
    return {
      table: { rows: this.#rows, columns: this.#readers.map((reader) => reader.column()) },
      dialect,
      invalid: Object.fromEntries(invalid.filter(([, count]) => count > 0)),
    };
  }
}

function placeIn(names: readonly string[], { name }: TableField, source: string): number {
  const at = names.indexOf(name);
  if (at >= 0) return at;
  const known = names.slice(0, 20).map(describeValue).join(", ");
  throw invalidData(source, "header", `the column ${describeValue(name)}`, `the columns ${known}`);
}
