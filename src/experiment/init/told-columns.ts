import type { Table } from "../../tables/column.js";
import { encodedWidth, fitTableEncoding } from "../../tables/encoding/fit.js";
import type { InferredColumn, InferredSchema } from "../../tables/infer/infer.js";
import type { RowOwners } from "../../tables/row-owners.js";
import { mergeSummaries } from "../../tables/summary/merge.js";
import { summarizeTable } from "../../tables/summary/summarize.js";
import { takeRows } from "../../tables/table-rows.js";
import { mostlyOther } from "../prepare/mostly-other.js";

/** A table, and what was inferred of it. */
export interface FoundTable extends Pick<InferredSchema, "schema" | "columns"> {
  readonly source: string;
  readonly table: Table;
  /** Absent: rows are shared out. */
  readonly owners: RowOwners | undefined;
}

/** The columns of a first run. */
export interface ToldColumns extends Pick<InferredSchema, "schema" | "columns"> {
  /** Numbers in the vector of a row, by the clients' summaries. */
  readonly dimension: number;
}

/** Clients that share the rows where no column names any. */
const clientsWithoutColumn = 4;

/** Its multiples, less their whole parts, are spread evenly (Weyl). */
const goldenRatio = (Math.sqrt(5) - 1) / 2;

export function clientsOf({ owners, table }: Pick<FoundTable, "owners" | "table">): number {
  return owners?.names.length ?? Math.min(clientsWithoutColumn, table.rows);
}

/**
 * Leaves out the columns that clients would tell little of, as most of their rows say what no client has `smallestCount` rows of.
 * @param asked columns that stay whatever they say.
 */
export function toldColumns(
  found: FoundTable,
  { smallestCount, asked }: { readonly smallestCount: number; readonly asked: ReadonlySet<string> },
): ToldColumns {
  const { schema, columns, table } = found;
  const summaries = rowsOfClients(found).map((rows) =>
    summarizeTable(takeRows(table, rows), schema, { smallestCount }),
  );
  const encoding = fitTableEncoding(schema, mergeSummaries(summaries));
  const vague = mostlyOther(encoding, table, smallestCount).filter(({ name }) => !asked.has(name));
  const reasons = new Map(vague.length < schema.fields.length ? vague.map(({ name, reason }) => [name, reason]) : []);
  const isTold = ({ name }: { readonly name: string }) => !reasons.has(name);
  return {
    schema: { ...schema, fields: schema.fields.filter(isTold) },
    columns: columns.map((column) => withReason(column, reasons.get(column.name))),
    dimension: encoding.columns.filter(isTold).reduce((sum, column) => sum + encodedWidth(column), 0),
  };
}

function withReason(column: InferredColumn, reason: string | undefined): InferredColumn {
  return reason === undefined ? column : { ...column, leftOut: true, warnings: [...column.warnings, reason] };
}

/** Rows of each client; where none is named, shared out evenly over any stretch of the file and any period in it. */
function rowsOfClients(found: FoundTable): Uint32Array[] {
  const clients = clientsOf(found);
  const { owners, table } = found;
  const rows = Array.from({ length: clients }, (): number[] => []);
  for (let row = 0; row < table.rows; row++) {
    const client = owners ? owners.codes[row] : Math.floor(((row * goldenRatio) % 1) * clients);
    rows[client ?? 0]?.push(row);
  }
  return rows.map((each) => Uint32Array.from(each));
}
