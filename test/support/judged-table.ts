import type { ExperimentResult } from "../../src/experiment/result/schema.js";
import { judgeTable } from "../../src/experiment/stages/judge-table.js";
import type { TableToJudge } from "../../src/experiment/stages/table-to-judge.js";
import { type Engine, Purpose, RandomStream } from "../../src/kernels/index.js";
import type { Table } from "../../src/tables/column.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { categoryColumn, numberColumn, tableOf } from "./tables.js";

export type TableResult = Exclude<NonNullable<ExperimentResult["table"]>, { notComputed: string }>;

/** What `smallTable` has. */
export const smallSchema: TableToJudge["schema"] = {
  fields: [
    { name: "site", type: "string" },
    { name: "day", type: "date" },
    { name: "cost", type: "integer" },
    { name: "outcome", type: "string" },
  ],
};

/** Rows of three sites, days, costs that are mostly 0 and sometimes missing, and an outcome that the costs decide. */
export function smallTable(engine: Engine, rows: number, seed: number): Table {
  const random = new RandomStream(engine, { seed, purpose: Purpose.embedder });
  const sites = Array.from({ length: rows }, () => ["north", "south", "south", "west"][random.integer(4)]);
  const costs = sites.map(() => [0, 0, null, 10 + random.integer(90)][random.integer(4)]);
  return tableOf(
    categoryColumn("site", sites, ["north", "south", "west"]),
    numberColumn(
      "day",
      sites.map(() => 7000 + random.integer(400)),
    ),
    numberColumn("cost", costs),
    categoryColumn(
      "outcome",
      costs.map((cost) => ((cost ?? 0) > random.integer(60) ? "bad" : "good")),
      ["bad", "good"],
    ),
  );
}

/** A table of 60 training rows, 24 held-out ones and 40 synthetic ones of the same law, with what a run has of it. */
export function smallCase(engine: Engine, changes: Partial<TableToJudge> = {}): TableToJudge {
  const train = smallTable(engine, 60, 1);
  const [sites] = train.columns;
  const clientRows = [0, 1, 2].map((site) =>
    Uint32Array.from(train.columns[1].missing.keys()).filter((row) => "codes" in sites && sites.codes[row] === site),
  );
  return {
    schema: smallSchema,
    dimension: 9,
    train,
    heldOut: smallTable(engine, 24, 2),
    synthetic: smallTable(engine, 40, 3),
    reference: undefined,
    smallestCount: 3,
    invalid: {},
    unknown: { cost: 2 },
    prediction: { words: "outcome", column: "outcome" },
    targets: undefined,
    clientRows,
    clients: ["north", "south", "west"],
    clientColumn: "site",
    ...changes,
  };
}

/** What judges say of it. */
export function judgedTable(engine: Engine, changes: Partial<TableToJudge> = {}): Promise<TableResult> {
  const config = { seed: 5, sampling: { count: 40 } };
  const run = { pool: new InThreadPool(engine), config, signal: undefined, onProgress: () => undefined };
  return judgeTable(run, smallCase(engine, changes));
}
