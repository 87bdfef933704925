import { ArgumentError, ArgumentTypeError, FedscoreError } from "../../errors.js";
import type { ConfigInput } from "../../experiment/config/schema.js";
import { openTableConfig, type TableChoices } from "../../experiment/init/table-config.js";
import { openTableFile } from "../../tables/file/open-file.js";
import { inferFrom } from "../../tables/file/read-file.js";
import type { FileProgress } from "../../tables/file/table-file.js";
import type { FieldOverrule, InferredColumn } from "../../tables/infer/infer.js";
import { codecOf } from "../../tables/schema/codec-of.js";
import type { TableField } from "../../tables/schema/field.js";
import { requireSchema } from "../../tables/schema/parse.js";
import { type DroppedFile, pageFile } from "./page-file.js";

/** By name of a column: what a person says of it. */
export type Overrule = Readonly<Record<string, FieldOverrule | false>>;

/** What a person says of a table. */
export interface TableAsk extends Omit<TableChoices, "overrule"> {
  readonly file: DroppedFile;
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

/** How far a table is read: for its layout, for what is in its cells, for whose its rows are; then what clients would tell of its columns is worked out. */
export interface TableProgress extends FileProgress {
  readonly step: "lines" | "cells" | "clients" | "columns";
}

/** Numbers of all vectors of a first run: 256 MB of float32. A run has up to nine times as much in memory, and a page less of it than a computer. */
const mostNumbers = 2 ** 26;

interface SurveyOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TableProgress) => void;
}

/**
 * Infers the columns of a table and makes its config; what is wrong stands in the answer.
 * @returns undefined once it is aborted.
 */
export async function surveyTable(
  { file, overrule: said, schema, ...choices }: TableAsk,
  { signal, onProgress = () => {} }: SurveyOptions = {},
): Promise<TableAnswer | undefined> {
  const { name } = file;
  let overrule = said;
  let guessed: readonly InferredColumn[] | undefined;
  let columns: readonly InferredColumn[] = [];
  let step: TableProgress["step"] = "lines";
  const tell = (progress: FileProgress) => onProgress({ step, ...progress });
  const begin = (next: TableProgress["step"]) => {
    step = next;
    tell({ rows: 0, share: 0 });
  };
  try {
    const slices = pageFile(file, (share) => {
      if (step === "lines") tell({ rows: 0, share });
    });
    const open = await openTableFile(slices, name, { signal, onProgress: tell });
    begin("cells");
    guessed = columns = (await inferFrom(open, {})).columns;
    overrule = schema ? overruleOf(schema, guessed) : ofColumns(said, guessed);
    columns = (await inferFrom(open, { overrule })).columns;
    const made = await openTableConfig(open, name, name, { ...choices, overrule }, { onStep: begin, mostNumbers });
    const { config, summary } = made;
    return { overrule, columns: surveyed(guessed, made.columns, overrule), ready: { config, summary } };
  } catch (error) {
    if (signal?.aborted) return undefined;
    const problem = problemOf(error, columns);
    return { overrule, problem, ...(guessed && { columns: surveyed(guessed, columns, overrule) }) };
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

/** Where a person says nothing of a column, all that was found of it is a guess. */
function surveyed(
  guessed: readonly InferredColumn[],
  columns: readonly InferredColumn[],
  overrule: Overrule,
): SurveyedColumn[] {
  return columns.map((column, place) => ({
    ...column,
    guessed: Object.hasOwn(overrule, column.name) ? guessed[place] : column,
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
