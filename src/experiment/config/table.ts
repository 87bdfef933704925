import * as z from "zod";
import { integer } from "../../fields.js";
import { encodingFields } from "../../tables/encoding/fit.js";
import { readFields } from "../../tables/read/read.js";
import { summaryFields } from "../../tables/summary/summarize.js";
import { settingsSchemas } from "./family.js";
import type { JsonObject } from "./paths.js";
import { filePath } from "./rules.js";

const calibrationFields = {
  calibration: integer(
    "[0, 1048576]",
    8192,
    "Rows that the trained model draws to have its rows get the shares and quantiles that clients told. 0: its vectors are decoded as they are.",
  ),
};

const columnName = () => z.string("must be the name of a column").min(1, "must be the name of a column");

/** Rows of a table as data of a config. @param counted how many rows are used for what. */
export function tableSchema<Counted extends z.ZodRawShape>(counted: Counted) {
  return z
    .strictObject({
      kind: z.literal("table"),
      path: filePath()
        .exactOptional()
        .describe(
          "CSV (gzip or not), Parquet or Arrow file that is read. Left out: clients hold the rows, for `fedscore coordinate`; then schema must be there.",
        ),
      schema: z
        .union(
          [z.record(z.string(), z.unknown()) as z.ZodType<JsonObject, JsonObject>, filePath()],
          "must be a Table Schema, or the path of one",
        )
        .exactOptional()
        .describe(
          "The columns: a Frictionless Table Schema as docs/tables.md has it, or the path of a JSON file of one. Default: what the cells say; the run writes it to synthetic.schema.json.",
        ),
      ...settingsSchemas(readFields),
      clientColumn: columnName()
        .exactOptional()
        .describe(
          "Column that says whose a row is, for a federation.partition of kind column. The table has it too where the schema does.",
        ),
      predict: z
        .string("must be the name of a column, or a condition")
        .min(1, "must be the name of a column, or a condition")
        .exactOptional()
        .describe(
          'What the use of synthetic rows is judged by: how well it is predicted from the other columns. A column of categories, or a condition as --where has it, such as "Cost>0", for a yes or no.',
        ),
      predictFrom: z
        .array(columnName())
        .min(1, "must name a column")
        .exactOptional()
        .describe(
          "Columns that it is predicted from. Default: all others; of a condition, without those that give it away.",
        ),
      ...settingsSchemas(summaryFields),
      ...settingsSchemas(encodingFields),
      ...settingsSchemas(calibrationFields),
      ...counted,
    })
    .describe(
      "Rows of a table of numbers, categories and dates, as vectors: each client tells a summary, the encoding is fitted to all of them, and samples are rows again.",
    );
}
