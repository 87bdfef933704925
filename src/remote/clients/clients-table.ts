import { filledSettings } from "../../family.js";
import { keysOf, requireOptions } from "../../options.js";
import { requireEncoding } from "../../tables/encoding/check.js";
import type { TableEncoding } from "../../tables/encoding/column-encoding.js";
import { type ReadTableOptions, readFields } from "../../tables/read/read.js";
import type { TableSchema } from "../../tables/schema/field.js";
import { requireSchema } from "../../tables/schema/parse.js";

/** How clients read the tables that they hold. */
export interface TableReading {
  /** The columns, the same for all clients. */
  readonly schema: TableSchema;
  /** Settings of `readTable`, where a client has none of its own. */
  readonly reading: ReadTableOptions;
}

/** How clients read the tables that they hold, and how their rows are vectors. */
export interface ClientsTable extends TableReading {
  /** Fitted to the sum of the clients' summaries. */
  readonly encoding: TableEncoding;
}

const keys = keysOf<ClientsTable>({ schema: true, reading: true, encoding: true });

/** @throws ArgumentError or ArgumentTypeError with the key that is wrong. */
export function requireClientsTable(argument: string, value: ClientsTable): ClientsTable {
  const { encoding, ...read } = requireOptions(argument, value, keys);
  return { ...requireReading(argument, read), encoding: requireEncoding(`${argument}.encoding`, encoding) };
}

/** @throws ArgumentError or ArgumentTypeError with the key that is wrong. */
export function requireReading(argument: string, { schema, reading }: TableReading): TableReading {
  const given = requireOptions(`${argument}.reading`, reading, Object.keys(readFields));
  filledSettings(readFields, `${argument}.reading`, given);
  return { schema: requireSchema(`${argument}.schema`, schema), reading: given };
}
