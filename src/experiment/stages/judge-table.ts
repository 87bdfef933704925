import { type BaselineName, baselines } from "../../tables/baselines/index.js";
import type { Table } from "../../tables/column.js";
import { ownEntry } from "../../tables/own-entry.js";
import type { TableSchema } from "../../tables/schema/field.js";
import { firstRows } from "../../tables/table-rows.js";
import { writtenCells } from "../../tables/write.js";
import { type Computed, isNotComputed, type Part, without } from "../result/not-computed.js";
import type { ExperimentResult } from "../result/schema.js";
import { attempt } from "./attempt.js";
import { columnAxes, countCells } from "./count-columns.js";
import { TableJudge } from "./table-judge.js";
import { reachedTargets } from "./table-targets.js";
import { drawBaseline } from "./table-tasks.js";
import type { JudgingRun, TableToJudge } from "./table-to-judge.js";

type TableResult = Computed<ExperimentResult["table"]>;

/** Most rows of each table that are judged, its first: rows are in random order. */
const mostRows = 50_000;
/** Synthetic rows that are shown. */
const examples = 10;

/** What judges of tables say of the synthetic rows of a run, beside real rows, the reference's rows and simple generators. */
export async function judgeTable(run: JudgingRun, whole: TableToJudge): Promise<TableResult> {
  const cut = (part: Table) => firstRows(part, mostRows);
  const cutPart = (part: Part<Table>) => (isNotComputed(part) ? part : cut(part));
  const table: TableToJudge = {
    ...whole,
    train: cut(whole.train),
    heldOut: cut(whole.heldOut),
    synthetic: cutPart(whole.synthetic),
    reference: whole.reference && cutPart(whole.reference),
  };
  const { schema, dimension, train, synthetic, reference, prediction, targets } = table;
  const drawn = Math.min(mostRows, run.config.sampling.count);
  const names = Object.keys(baselines) as BaselineName[];
  const judge = new TableJudge(run, table, names.length + 3 + (reference ? 1 : 0));
  const learning = prediction && (await attempt(() => judge.learning(prediction)));
  const rowsOf = (name: string, part: Part<Table>) =>
    isNotComputed(part) ? without(name, part) : attempt(() => judge.judge(part, learning));
  const beside = names.map(async (baseline) => {
    const { seed } = run.config;
    const rows = await attempt(() =>
      run.pool.call(drawBaseline, { baseline, table: train, rows: drawn, seed }, { signal: run.signal }),
    );
    return [baseline, await rowsOf(baseline, rows)] as const;
  });
  const [judged, dense, real, ofBaselines, clients] = await Promise.all([
    rowsOf("samples", synthetic),
    reference && rowsOf("reference.samples", reference),
    attempt(() => judge.judgeReal(drawn, learning)),
    Promise.all(beside),
    clientsOf(judge, whole, synthetic),
  ]);
  const rows = {
    synthetic: judged,
    ...(dense && { reference: dense }),
    real,
    baselines: Object.fromEntries(ofBaselines) as TableResult["baselines"],
    ...(prediction && { predicted: prediction.words }),
  };
  return {
    schema: plainSchema(schema),
    dimension,
    rows: { train: whole.train.rows, heldOut: whole.heldOut.rows, synthetic: rowsIn(whole.synthetic) },
    columns: await attempt(() => columnsOf(table)),
    examples: isNotComputed(synthetic)
      ? without("samples", synthetic)
      : await attempt(() => writtenCells(firstRows(synthetic, examples), schema)),
    ...rows,
    ...(targets && { targets: reachedTargets(targets, rows) }),
    ...(learning && !isNotComputed(learning) && learning.leftOut.length > 0 && { givesAway: [...learning.leftOut] }),
    ...(clients && { clients }),
  };
}

/** Undefined where nothing may be told of the clients. */
function clientsOf(judge: TableJudge, { train, clientRows, ...told }: TableToJudge, synthetic: Part<Table>) {
  if (!clientRows) return undefined;
  if (isNotComputed(synthetic)) return without("samples", synthetic);
  return attempt(() => judge.clients({ ...told, train, clientRows }, synthetic));
}

function columnsOf({ train, synthetic, schema, smallestCount, invalid, unknown }: TableToJudge) {
  return columnAxes(train, schema, smallestCount).map((axis, index) => {
    const column = train.columns[index];
    const { name } = column;
    return {
      ...{ name, axis, train: countCells(axis, column) },
      synthetic: isNotComputed(synthetic) ? without("samples", synthetic) : countCells(axis, synthetic.columns[index]),
      ...{ invalid: ownEntry(invalid, name) ?? 0, unknown: ownEntry(unknown, name) ?? 0 },
    };
  });
}

function rowsIn(part: Part<Table>): number {
  return isNotComputed(part) ? 0 : part.rows;
}

/** What is undefined in a schema is left out, as in JSON. */
function plainSchema(schema: TableSchema): TableResult["schema"] {
  return JSON.parse(JSON.stringify(schema));
}
