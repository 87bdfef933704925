import { gatherRows } from "../data/rows.js";
import { ArgumentError, describeValue, FedscoreError, requireArray, requireInteger, requireObject } from "../errors.js";
import { oneOf } from "../fields.js";
import { keysOf, requireOptions } from "../options.js";
import { closest } from "../suggest.js";
import { decodeDrawn } from "../tables/calibration/decode-drawn.js";
import type { Table } from "../tables/column.js";
import type { TableCondition } from "../tables/where/condition.js";
import { rowsWhere } from "../tables/where/rows-where.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import type { Model, ModelTable } from "./model.js";
import { requireTableModel } from "./require-model.js";
import { type RowWeight, requireRowWeights, rowKeeper } from "./row-weights.js";
import { type SampleModelOptions, sampleBlocks } from "./sample-model.js";
import { mostSamples } from "./sample-request.js";

/** What rows to draw from a model of a table. */
export interface SampleTableOptions extends Omit<SampleModelOptions, "states"> {
  /** What all rows must be. Default: whatever they are. */
  readonly where?: readonly TableCondition[] | undefined;
  /** Rows that are wanted more often, or less, than the model draws them: of several conditions that hold, the first counts. */
  readonly weights?: readonly RowWeight[] | undefined;
  /** Rows to draw at most until enough of them are as `where` and `weights` ask. Default: 100 for each that is asked for, at least 10,000. */
  readonly most?: number | undefined;
}

/** Rows that a model drew. */
export interface SampledTable {
  readonly table: Table;
  /** float32 [rows, encoding.dimension]: the vectors that the rows are decoded from. */
  readonly vectors: Float32Array<ArrayBuffer>;
  /** Rows that were drawn until there were enough, and how many of them stayed. */
  readonly drawn: number;
  readonly fitting: number;
}

const keys = keysOf<SampleTableOptions>({
  ...{ count: true, seed: true, sampler: true, grid: true, class: true, guidance: true },
  ...{ signal: true, onAdvance: true, where: true, weights: true, most: true },
});

/** Rows that are drawn for each that is asked for, and at least, before a condition is given up. */
const [drawnForEach, leastDrawn] = [100, 10_000];

/**
 * Rows of the table that a model was trained on. With conditions: the first `count` of the rows that the model draws for which all hold, so their law is the model's given the event, exactly. With weights, rows are kept at random so that their law
 * is the model's times the weight, but for chances that are multiples of 2^-24. The same seed gives the same rows for any
 * number of workers, and row i does not depend on `count`.
 * @throws ArgumentError for a model without a table and conditions that its table cannot have; FedscoreError FEDSCORE_UNSUPPORTED with the measured share where too few rows fit.
 */
export async function sampleTable(
  pool: WorkerPool,
  model: Model,
  options: SampleTableOptions = {},
): Promise<SampledTable> {
  const { where = [], weights = [], most, onAdvance, ...choice } = requireOptions("options", options, keys);
  const table = requireTableModel(model);
  requireArray("where", where);
  for (const [index, condition] of where.entries()) requireCondition(`where[${index}]`, table, condition);
  requireRowWeights("weights", weights);
  for (const [index, { condition }] of weights.entries())
    requireCondition(`weights[${index}].condition`, table, condition);
  const { count = model.sampling.count } = choice;
  requireInteger("count", count, 1, mostSamples(model.network));
  const isChosen = where.length > 0 || weights.length > 0;
  const limit = isChosen ? limitOf(model, count, most) : count;
  const keep = await rowKeeper(weights, choice.seed ?? model.seed);
  const fittingIn = (samples: Float32Array<ArrayBuffer>, first: number) => {
    if (!isChosen) return samples;
    const drawn = decodeDrawn(table, samples);
    return gatherRows(samples, table.encoding.dimension, keep(drawn, rowsWhere(drawn, where), first));
  };
  const found = new Float32Array(count * table.encoding.dimension);
  let [drawn, fitting] = [0, 0];
  for await (const { samples } of sampleBlocks(pool, model, { ...choice, count: limit })) {
    const kept = fittingIn(samples, drawn);
    const room = found.subarray(fitting * table.encoding.dimension);
    room.set(kept.subarray(0, room.length));
    drawn += samples.length / table.encoding.dimension;
    fitting += kept.length / table.encoding.dimension;
    onAdvance?.(Math.min(fitting, count), count);
    if (fitting >= count) break;
  }
  if (fitting < count) throw tooFew(count, drawn, fitting);
  return { table: decodeDrawn(table, found), vectors: found, drawn, fitting };
}

/** @throws ArgumentError for a condition on a column that the table does not have, and on a category that the model never draws. */
export function requireCondition(argument: string, { encoding }: ModelTable, condition: TableCondition): void {
  const { column: name, value } = requireObject(argument, condition);
  const column = encoding.columns.find((each) => each.name === name);
  const names = encoding.columns.map((each) => each.name);
  if (!column) throw new ArgumentError(`${argument}.column`, oneOf(names), name);
  if (column.kind !== "category" || typeof value !== "string" || column.categories.includes(value)) return;
  const meant = closest(value, column.categories);
  const hint = meant === undefined ? "" : `; did you mean ${describeValue(meant)}?`;
  const rule = `must be a category that the model has in ${describeValue(name)}${hint}`;
  throw new ArgumentError(`${argument}.value`, rule, value);
}

function limitOf(model: Model, count: number, most: number | undefined): number {
  if (most !== undefined) return requireInteger("most", most, count, mostSamples(model.network));
  return Math.min(mostSamples(model.network), Math.max(leastDrawn, drawnForEach * count));
}

function tooFew(count: number, drawn: number, fitting: number): FedscoreError {
  const percent = Number(((100 * fitting) / drawn).toPrecision(2));
  const found =
    fitting === 0
      ? `none of ${drawn} rows that were drawn fits, so fewer than ${Number((300 / drawn).toPrecision(2))} % do (95 % confidence)`
      : `${fitting} of ${drawn} rows that were drawn fit, ${percent} %`;
  const needed = Math.ceil((1.1 * count * drawn) / fitting / 1000) * 1000;
  const advice = fitting === 0 ? "ask for a wider condition" : `ask for fewer rows, or let about ${needed} be drawn`;
  const message = `${found}, and ${count} were asked for: ${advice}`;
  return new FedscoreError("FEDSCORE_UNSUPPORTED", message, { count, drawn, fitting });
}
