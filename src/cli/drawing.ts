import { ArgumentError } from "../errors.js";
import { requireWritable, writeAtomically } from "../experiment/files/atomic.js";
import type { Engine } from "../kernels/index.js";
import type { Model } from "../model/model.js";
import { requireTableModel } from "../model/require-model.js";
import { type RowWeight, requireRowWeights } from "../model/row-weights.js";
import type { SamplingOptions } from "../model/sample-in-pool.js";
import { sampleModelInPool } from "../model/sample-model.js";
import { type SampleChoice, sampledClasses } from "../model/sample-request.js";
import { requireCondition, sampleTable } from "../model/sample-table.js";
import type { TableSchema } from "../tables/schema/field.js";
import { parseCondition } from "../tables/where/condition.js";
import { writeTable } from "../tables/write.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import { samplesFile } from "./samples-file.js";

/** What was drawn, for programs and for people. */
export interface Drawn {
  readonly facts: Readonly<Record<string, number>>;
  /** Behind the number of samples. */
  readonly words: string;
}

/** Draws samples of a model and writes them. */
export type Draw = (engine: Engine, pool: WorkerPool, choice: SampleChoice, options: SamplingOptions) => Promise<Drawn>;

/** What rows of a table are asked for. */
export interface RowArguments {
  readonly where?: readonly string[];
  /** Conditions, each with a colon and its weight. */
  readonly weight?: readonly string[];
  readonly most?: number;
}

/** What draws samples as vectors; to be asked for before long work. @throws ArgumentError, FedscoreError FEDSCORE_FILE. */
export function vectorDrawing(model: Model, out: string, { where, weight, most }: RowArguments): Draw {
  const given = Object.entries({ "--where": where?.[0], "--weight": weight?.[0], "--most": most });
  for (const [option, value] of given)
    if (value !== undefined)
      throw new ArgumentError(option, "is for rows of a table: a model of one, written to a .csv", value);
  const write = samplesFile(out);
  const dimension = model.transform.inputDimension;
  return async (engine, pool, choice, options) => {
    const points = await sampleModelInPool(pool, model, { ...choice, ...options });
    write({ points, dimension, classes: sampledClasses(engine, model, choice), imageShape: model.imageShape });
    return { facts: { dimension }, words: `samples of dimension ${dimension}` };
  };
}

/** What draws rows of a table, as its file was written; to be asked for before long work. @throws ArgumentError, FedscoreError FEDSCORE_FILE. */
export function tableDrawing(model: Model, out: string, { where = [], weight = [], most }: RowArguments): Draw {
  const own = requireTableModel(model);
  const { schema, dialect } = own;
  const conditions = where.map((text) => parseCondition(text, schema, "--where"));
  const weights = weight.map((text) => parseWeight(text, schema));
  for (const condition of conditions) requireCondition("--where", own, condition);
  requireRowWeights("--weight", weights);
  for (const { condition } of weights) requireCondition("--weight", own, condition);
  const isChosen = conditions.length > 0 || weights.length > 0;
  if (most !== undefined && !isChosen)
    throw new ArgumentError("--most", "is for rows that are as --where or --weight asks, which are not given", most);
  requireWritable(out);
  return async (_, pool, choice, options) => {
    const { table, drawn, fitting } = await sampleTable(pool, model, {
      ...choice,
      ...options,
      where: conditions,
      weights,
      most,
    });
    writeAtomically(out, writeTable(table, schema, dialect));
    const columns = table.columns.length;
    const words = `rows of ${columns} columns`;
    if (!isChosen) return { facts: { columns }, words };
    const share = Number(((100 * fitting) / drawn).toPrecision(3));
    return {
      facts: { columns, drawn, fitting },
      words: `${words}, of ${drawn} drawn (${share} % ${weights.length > 0 ? "were kept" : "fit"})`,
    };
  };
}

/** "Size=Large:10": the condition is before the last colon. */
function parseWeight(text: string, schema: TableSchema): RowWeight {
  const colon = text.lastIndexOf(":");
  const weight = text.slice(colon + 1).trim();
  if (colon < 0 || weight === "" || !Number.isFinite(Number(weight)))
    throw new ArgumentError("--weight", 'must be a condition, a colon and a number, such as "Size=Large:10"', text);
  return { condition: parseCondition(text.slice(0, colon), schema, "--weight"), weight: Number(weight) };
}
