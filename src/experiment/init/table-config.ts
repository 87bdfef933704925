import { describeValue, FedscoreError } from "../../errors.js";
import { openTableFile } from "../../tables/file/open-file.js";
import { ownersIn, readInferred } from "../../tables/file/read-file.js";
import type { FileSlices } from "../../tables/file/slices.js";
import type { TableFile } from "../../tables/file/table-file.js";
import type { FieldOverrule, InferredColumn } from "../../tables/infer/infer.js";
import type { ReadTableOptions } from "../../tables/read/read.js";
import type { TableSchema } from "../../tables/schema/field.js";
import { fieldWords } from "../../tables/schema/field-words.js";
import { dataSchema, type TableConfig } from "../config/data.js";
import type { JsonObject } from "../config/paths.js";
import { rowCounts } from "../config/row-counts.js";
import type { ConfigInput } from "../config/schema.js";
import { predictionOf } from "../prepare/prediction.js";
import { nameFor } from "./file-data.js";
import { clientsOf, type FoundTable, toldColumns } from "./told-columns.js";

/** A config of a table, and what a person should know of its columns. */
export interface StarterTable {
  readonly config: ConfigInput;
  /** How many rows, columns and clients there are, and how many rows are trained on where not all fit into memory. */
  readonly summary: string;
  readonly columns: readonly InferredColumn[];
  /** The summary, and a line a column. */
  readonly note: string;
}

/** What a person says of a table. */
export interface TableChoices {
  /** Column that names the clients. Default: rows are shared out. */
  readonly clientColumn?: string | undefined;
  /** A column of categories, or a condition. Default: nothing is predicted. */
  readonly predict?: string | undefined;
  /** As of `inferTableSchema`. */
  readonly overrule?: Readonly<Record<string, FieldOverrule | false>> | undefined;
  readonly onInvalid?: ReadTableOptions["onInvalid"];
}

/**
 * A config for a table of numbers, categories and dates, with the schema that its cells say, and sizes that fit its rows and columns.
 * @param slices a file of any size and kind that `readTableFile` reads.
 * @param path by which the config knows the file.
 * @throws FedscoreError FEDSCORE_INVALID_DATA, also for a column that the file does not have; FEDSCORE_INVALID_CONFIG for too few rows, and columns that clients tell nothing of.
 */
export async function tableConfig(
  slices: FileSlices,
  source: string,
  path: string,
  choices: TableChoices = {},
): Promise<StarterTable> {
  return openTableConfig(await openTableFile(slices, source), source, path, choices);
}

/** How a config is made of a file that is open. */
interface MakingOptions {
  /** Told when the file is read for whose its rows are, and when it is read. */
  readonly onStep?: (step: "clients" | "columns") => void;
  /** Numbers of all vectors of a first run, which are in memory at a time. Default: 1 GB of float32. */
  readonly mostNumbers?: number;
}

/** The same of a file that is open. */
export async function openTableConfig(
  file: TableFile,
  source: string,
  path: string,
  choices: TableChoices,
  { onStep = () => {}, mostNumbers = 2 ** 28 }: MakingOptions = {},
): Promise<StarterTable> {
  const { clientColumn, overrule } = choices;
  const { schema, columns, read } = await readInferred(file, source, { overrule }, readingOf(choices));
  if (clientColumn !== undefined) onStep("clients");
  const owners = clientColumn === undefined ? undefined : await ownersIn(file, source, clientColumn);
  onStep("columns");
  return starterOf({ source, schema, columns, table: read.table, owners }, path, choices, mostNumbers);
}

function readingOf({ onInvalid }: TableChoices): ReadTableOptions {
  return { ...(onInvalid !== undefined && { onInvalid }) };
}

function starterOf(found: FoundTable, path: string, choices: TableChoices, mostNumbers: number): StarterTable {
  const { source, table, owners } = found;
  const { clientColumn, predict } = choices;
  const given = {
    kind: "table" as const,
    path,
    ...(choices.onInvalid !== undefined && { onInvalid: choices.onInvalid }),
    ...(clientColumn !== undefined && { clientColumn }),
    ...(predict !== undefined && { predict }),
  };
  const filled = dataSchema.parse(given);
  if (filled.kind !== "table") throw new Error("a table is data of kind table");
  const { smallestCount, onInvalid } = filled;
  const subject = `a config of ${source}`;
  rowCounts(subject, table.rows, {});
  const asked = new Set([...Object.keys(choices.overrule ?? {}), ...foretold(filled, found.schema)]);
  const { schema, columns, dimension } = toldColumns(found, { smallestCount, asked });
  if (dimension === 0) throw nothingTold(subject, clientsOf(found), smallestCount);
  const { train, heldOut, isAll } = fittingCounts(subject, table.rows, Math.floor(mostNumbers / dimension));
  const fewer = `${train} rows to train on and ${heldOut} held out, whose vectors are ${sizeText(4 * mostNumbers)}: data.train and data.heldOut`;
  const clients = owners ? clientsOf(found) : Math.min(clientsOf(found), train);
  const size = { rows: train, dimension, clients };
  const summary = `${source}: ${table.rows} rows, ${schema.fields.length} of ${columns.length} columns, which are vectors of ${dimension} numbers`;
  const limits = isAll ? [] : [fewer];
  const whose = owners ? [`${clients} clients, as ${describeValue(clientColumn)} names`] : [];
  return {
    config: configOf(
      nameFor(source),
      { ...given, schema: plainObject(schema), onInvalid, smallestCount, ...(!isAll && { train, heldOut }) },
      size,
      owners !== undefined,
    ),
    summary: [summary, ...whose, ...limits].join("; "),
    columns,
    note: [summary, ...columns.map(columnText), ...whose, ...limits].join("\n"),
  };
}

function nothingTold(subject: string, clients: number, smallestCount: number): FedscoreError {
  const rule = `needs a column that is not the same in all rows, as far as its ${clients} clients tell`;
  const reason = `no number and no category of theirs stands for ${smallestCount} of a client's rows and others beside them`;
  return new FedscoreError("FEDSCORE_INVALID_CONFIG", `${subject} ${rule}: ${reason}`);
}

/** The column that is asked for. */
function foretold(data: TableConfig, schema: TableSchema): string[] {
  const prediction = predictionOf(data, schema);
  return [prediction?.column ?? prediction?.condition?.column].filter((name) => name !== undefined);
}

function sizeText(bytes: number): string {
  const gigabytes = bytes / 2 ** 30;
  return gigabytes < 1 ? `${Math.round(1024 * gigabytes)} MB` : `${Math.round(gigabytes)} GB`;
}

/** Rows of a first run: all, or as many as fit into memory as vectors. */
function fittingCounts(subject: string, rows: number, most: number): FittingCounts {
  return { ...rowCounts(subject, Math.min(rows, most), {}), isAll: rows <= most };
}

interface FittingCounts {
  readonly train: number;
  readonly heldOut: number;
  readonly isAll: boolean;
}

/** Without keys that are undefined, as it is in JSON. */
function plainObject(schema: object): JsonObject {
  return JSON.parse(JSON.stringify(schema));
}

function columnText({ name, field, leftOut, warnings }: InferredColumn): string {
  return `  ${name}: ${[leftOut ? "left out" : fieldWords(field), ...warnings].join("; ")}`;
}

/** Clients of a round, where there are as many. */
const participants = 64;

/** What the sizes of a first run follow from. */
interface TableSize {
  readonly rows: number;
  readonly dimension: number;
  readonly clients: number;
}

function configOf(
  name: string,
  data: ConfigInput["data"],
  { rows, dimension, clients }: TableSize,
  isByColumn: boolean,
): ConfigInput {
  const width = dimension <= 24 ? 128 : 256;
  return {
    name,
    seed: 1,
    data,
    schedule: { kind: "vp-cosine", tMin: 0.03, tMax: 0.95 },
    network: {
      hidden: [width, width, width],
      residual: true,
      noiseFeatures: 8,
      conditioning: "film",
      normalization: "rms",
      parameterization: "edm",
    },
    training: {
      rounds: 1000,
      localSteps: 1,
      batchSize: 64,
      optimizer: { kind: "sgd", learningRate: 0.5 },
      clipNorm: 1,
      ema: 0.99,
      levels: { count: 1024, spacing: "logsnr" },
    },
    federation: {
      clients,
      partition: { kind: isByColumn ? "column" : "iid" },
      capacities: [1],
      weighting: "samples",
      // Clients of one kind of row each do not agree in the state of an Adam of their own.
      server: { kind: "fedadam", learningRate: 0.004, epsilon: 1e-6 },
      participation: Math.min(1, Math.max(participants / clients, 0.05)),
      checkpointEvery: 100,
    },
    pruning: { family: "prefix" },
    sampling: {
      sampler: "dpm-solver++-2m",
      grid: { kind: "uniform-log-snr", steps: 40 },
      count: Math.max(1, Math.min(10_000, rows)),
    },
    certificate: false,
  };
}
