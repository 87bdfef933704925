import { describeValue, isFedscoreError } from "../../errors.js";
import { openTableFile } from "../../tables/file/open-file.js";
import { readInferred } from "../../tables/file/read-file.js";
import type { InferredColumn } from "../../tables/infer/infer.js";
import type { TableSchema } from "../../tables/schema/field.js";
import { fieldWords } from "../../tables/schema/field-words.js";
import { parseTableSchema } from "../../tables/schema/parse.js";
import type { Fact } from "../print.js";
import { inspectRows } from "./rows.js";

/** What is in a file of rows: of numbers, or of a table where it has other cells. */
export async function inspectRowsOrTable(bytes: Uint8Array, source: string): Promise<Fact[]> {
  try {
    return await inspectRows(bytes, source);
  } catch (error) {
    if (!isInvalid(error)) throw error;
    const facts = await inspectTable(bytes, source);
    if (!facts) throw error;
    return facts;
  }
}

/** What is in a Frictionless Table Schema. @throws ArgumentError or ArgumentTypeError with the key that is wrong. */
export function inspectSchema(value: unknown): Fact[] {
  const { fields } = parseTableSchema(value as TableSchema);
  return [["kind", `schema of a table of ${fields.length} columns`], ...fields.map(columnFact)];
}

/** What is in a table, and how a config begins that reads it; undefined where the file has no table. */
async function inspectTable(bytes: Uint8Array, source: string): Promise<Fact[] | undefined> {
  try {
    const file = await openTableFile(new Blob([bytes.slice()]), source);
    const { schema, columns, read } = await readInferred(file, source, {}, {});
    if (schema.fields.length === 0) return undefined;
    return [
      ["kind", "table of numbers, categories and dates"],
      ["rows", `${read.table.rows} of ${columns.length} columns`],
      ...columns.map(inferredFact),
      ["in a config", `"data": ${JSON.stringify({ kind: "table", path: source })}`],
      ["to begin one", `fedscore init table ${source}`],
    ];
  } catch (error) {
    if (isInvalid(error)) return undefined;
    throw error;
  }
}

function inferredFact({ name, field, leftOut, warnings }: InferredColumn): Fact {
  return [describeValue(name), [leftOut ? "left out" : fieldWords(field), ...warnings].join("; ")];
}

function columnFact(field: TableSchema["fields"][number]): Fact {
  return [describeValue(field.name), fieldWords(field)];
}

function isInvalid(error: unknown): boolean {
  return isFedscoreError(error) && error.code === "FEDSCORE_INVALID_DATA";
}
