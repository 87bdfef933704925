import { plainFile } from "../../data/formats/index.js";
import { ArgumentError, ArgumentTypeError, FedscoreError } from "../../errors.js";
import type { ConfigInput } from "../../experiment/config/schema.js";
import { type TableChoices, tableConfig } from "../../experiment/init/table-config.js";
import { predictionOf } from "../../experiment/prepare/prediction.js";
import { type FieldOverrule, type InferredColumn, inferTableSchema } from "../../tables/infer/infer.js";
import { codecOf } from "../../tables/schema/codec-of.js";
import type { TableField } from "../../tables/schema/field.js";
import { requireSchema } from "../../tables/schema/parse.js";

/** By name of a column: what a person says of it. */
export type Overrule = Readonly<Record<string, FieldOverrule | false>>;

/** What a person says of a table. */
export interface TableAsk extends Omit<TableChoices, "overrule"> {
  readonly file: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> };
  readonly overrule: Overrule;
  /** Of a config that is there already: its columns stand in place of `overrule`. */
  readonly schema?: object | undefined;
}

/** A column, as its cells say and as a person does. */
export interface SurveyedColumn extends InferredColumn {
  /** What its cells alone say. */
  readonly guessed: InferredColumn;
  /** Whether its cells are categories. */
  readonly isCategories: boolean;
}

/** What is wrong, and where a person can mend it. */
export interface TableProblem {
  readonly message: string;
  readonly of: { readonly kind: "file" | "prediction" } | { readonly kind: "column"; readonly name: string };
}

/** The config of `fedscore init table` for a table. */
export interface ReadyTable {
  readonly config: ConfigInput;
  readonly summary: string;
}

/** What a file turned out to be. Without columns, it is no table. */
export interface TableAnswer {
  readonly overrule: Overrule;
  readonly columns?: readonly SurveyedColumn[];
  readonly ready?: ReadyTable;
  readonly problem?: TableProblem;
}

/** Infers the columns of a table and makes its config; what is wrong stands in the answer. */
export function surveyTable({ file: { name, bytes }, overrule: said, schema, ...choices }: TableAsk): TableAnswer {
  let overrule = said;
  let guessed: readonly InferredColumn[] | undefined;
  let columns: readonly InferredColumn[] = [];
  try {
    const file = plainFile({ bytes, source: name });
    guessed = columns = inferTableSchema(file.bytes, name).columns;
    overrule = schema ? overruleOf(schema, guessed) : ofColumns(said, guessed);
    const inferred = inferTableSchema(file.bytes, name, { overrule });
    columns = inferred.columns;
    const { config, summary } = tableConfig(file, name, { ...choices, overrule });
    const { predict } = choices;
    if (predict !== undefined) predictionOf({ predict }, inferred.schema);
    return { overrule, columns: surveyed(guessed, columns), ready: { config, summary } };
  } catch (error) {
    const problem = problemOf(error, columns);
    return { overrule, problem, ...(guessed && { columns: surveyed(guessed, columns) }) };
  }
}

/** A file of the same name may have other columns. */
function ofColumns(overrule: Overrule, columns: readonly InferredColumn[]): Overrule {
  const names = new Set(columns.map(({ name }) => name));
  return Object.fromEntries(Object.entries(overrule).filter(([name]) => names.has(name)));
}

/** The columns of a schema, and no others. */
function overruleOf(given: object, columns: readonly InferredColumn[]): Overrule {
  const { fields, missingValues } = requireSchema("config.data.schema", given);
  return Object.fromEntries(
    columns.map(({ name }) => {
      const field = fields.find((each) => each.name === name);
      return [name, field ? fieldOverrule(field, missingValues) : false];
    }),
  );
}

function fieldOverrule({ name: _, title: __, ...field }: TableField, missingValues?: readonly string[]): FieldOverrule {
  return { ...(missingValues && { missingValues }), ...field };
}

function surveyed(guessed: readonly InferredColumn[], columns: readonly InferredColumn[]): SurveyedColumn[] {
  return columns.map((column, place) => ({
    ...column,
    guessed: guessed[place],
    isCategories: codecOf(column.field).kind === "category",
  }));
}

function problemOf(error: unknown, columns: readonly InferredColumn[]): TableProblem {
  const message = error instanceof Error ? error.message : String(error);
  if (message.startsWith("config.data.predict")) return { message, of: { kind: "prediction" } };
  if (error instanceof FedscoreError && typeof error.details.column === "string")
    return { message, of: { kind: "column", name: error.details.column } };
  if (!(error instanceof ArgumentError || error instanceof ArgumentTypeError)) return { message, of: { kind: "file" } };
  const column = columns.find(({ name }) => error.argument.startsWith(`overrule.${name}.`));
  if (!column) return { message, of: { kind: "file" } };
  const { name } = column;
  return { message: message.slice(`overrule.${name}.`.length), of: { kind: "column", name } };
}
