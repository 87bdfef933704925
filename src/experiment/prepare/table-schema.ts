import { invalidData } from "../../data/formats/invalid.js";
import { JsonProblem, parseJson } from "../../parse-json.js";
import type { TableSchema } from "../../tables/schema/field.js";
import { requireSchema } from "../../tables/schema/parse.js";
import type { TableConfig } from "../config/data.js";
import type { RunInput } from "../input.js";

/**
 * The schema that a config has, or the file that it names.
 * @throws FedscoreError FEDSCORE_FILE, FEDSCORE_INVALID_DATA; ArgumentError or ArgumentTypeError naming the key of the schema.
 */
export function givenSchema(schema: NonNullable<TableConfig["schema"]>, input: Pick<RunInput, "read">): TableSchema {
  return requireSchema("schema", typeof schema === "string" ? readJson(schema, input) : schema);
}

function readJson(path: string, input: Pick<RunInput, "read">): unknown {
  const text = new TextDecoder().decode(input.read(path, "config.data.schema: "));
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    throw invalidData(path, `line ${error.line}, column ${error.column}`, "JSON", error.message, error);
  }
}
