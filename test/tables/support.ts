import { inferTableSchema, readTable, type Table, type TableSchema } from "../../src/entries/tables.js";

/** Bytes of a text in UTF-8. */
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** What the cells of each column say; null for gaps. */
export function cellsOf({ columns }: Table): Record<string, (string | number | null)[]> {
  return Object.fromEntries(
    columns.map((column) => [
      column.name,
      Array.from(column.missing, (missing, row) => {
        if (missing) return null;
        return column.kind === "number"
          ? (column.values[row] ?? null)
          : (column.categories[column.codes[row] ?? 0] ?? null);
      }),
    ]),
  );
}

/** A text read by the schema that is inferred from it, with all of its columns. */
export function readInferred(text: string): { schema: TableSchema; table: Table } {
  const { columns } = inferTableSchema(utf8(text), "t.csv");
  const schema = { fields: columns.map(({ field }) => field) };
  return { schema, table: readTable(utf8(text), "t.csv", schema).table };
}
