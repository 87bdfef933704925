import { compose } from "../../src/data/transforms/index.js";
import * as tables from "../../src/entries/tables.js";
import type { Engine } from "../../src/kernels/index.js";
import type { Model } from "../../src/model/model.js";
import type { WorkerPool } from "../../src/workers/worker-pool.js";
import { networkOf, numberedParameters } from "./networks.js";
import { categoryColumn, numberColumn, tableOf } from "./tables.js";

const numbers = numberColumn("x", [1, 2, 3, null, 5, 6, 7, 8]);
const names = categoryColumn("y", ["a", "b", "a", "b", null, "a", "b", "a"]);
const cells = tableOf(numbers, names);
const tableSchema = { fields: [{ name: "x", type: "integer" as const }] };
const tableBytes = new TextEncoder().encode("x\n1\n2\n3\n");
const { table: smallTable } = tables.readTable(tableBytes, "x.csv", tableSchema);
const tableSummary = tables.summarizeTable(smallTable, tableSchema, { smallestCount: 1 });
const tableEncoding = tables.fitTableEncoding(tableSchema, tableSummary);
const smallCalibration = tables.fitCalibration(tableEncoding, tables.encodeTable(tableEncoding, smallTable).vectors);

/** A legal call of each function of tables, and of models of one. @param trained a model of vectors. */
export function tableCalls(engine: Engine, pool: WorkerPool, trained: Model): Record<string, readonly unknown[]> {
  const tableNetwork = networkOf({ dimension: tableEncoding.dimension });
  const tableModel = {
    ...trained,
    network: tableNetwork,
    parameters: numberedParameters(tableNetwork).fill(0.01),
    transform: compose(tableEncoding.dimension, []),
    table: {
      schema: tableSchema,
      dialect: tables.readTable(tableBytes, "x.csv", tableSchema).dialect,
      encoding: tableEncoding,
    },
  };
  return {
    calibratedVectors: [tableEncoding, smallCalibration, tables.encodeTable(tableEncoding, smallTable).vectors],
    decodeDrawn: [{ encoding: tableEncoding }, tables.encodeTable(tableEncoding, smallTable).vectors],
    fitCalibration: [tableEncoding, tables.encodeTable(tableEncoding, smallTable).vectors],
    decodeTable: [tableEncoding, tables.encodeTable(tableEncoding, smallTable).vectors],
    encodeTable: [tableEncoding, smallTable],
    encodedWidth: [tableEncoding.columns[0]],
    fitTableEncoding: [tableSchema, tableSummary],
    inferTableFile: [new Blob([tableBytes]), "x.csv"],
    inferTableSchema: [tableBytes, "x.csv"],
    mergeSummaries: [[tableSummary]],
    parseTableSchema: [tableSchema],
    readTable: [tableBytes, "x.csv", tableSchema],
    readTableFile: [new Blob([tableBytes]), "x.csv", tableSchema],
    fillTable: [engine, tableModel, new TextEncoder().encode("x\n\n")],
    fillTableInPool: [pool, tableModel, new TextEncoder().encode("x\n\n")],
    sampleTable: [pool, tableModel, { count: 2 }],
    parseCondition: ["x=1", tableSchema],
    rowsWhere: [smallTable, [{ column: "x", operator: "=", value: 1 }]],
    summarizeTable: [smallTable, tableSchema, { smallestCount: 1 }],
    writeTable: [smallTable, tableSchema],
    qualityReport: [cells, cells],
    newRowSynthesis: [engine, cells, cells, { seed: 1 }],
    detection: [engine, cells, cells, { seed: 1 }],
    efficacy: [engine, { train: cells, synthetic: cells, test: cells }, { column: "y", seed: 1 }],
    judgePrivacy: [engine, { train: cells, heldOut: cells, synthetic: cells }, { seed: 1 }],
    splitTable: [engine, cells, { heldOut: 0.5, seed: 1 }],
    ...Object.fromEntries(
      Object.values(tables.columnMeasures).map(({ name, columns }) => {
        const column = columns === "number" ? numbers : names;
        return [`${name}.evaluate`, [column, column]];
      }),
    ),
    "CorrelationSimilarity.evaluate": [
      [numbers, numbers],
      [numbers, numbers],
    ],
    "ContingencySimilarity.evaluate": [
      [numbers, names],
      [numbers, names],
    ],
    ...Object.fromEntries(
      Object.keys(tables.baselines).map((name) => [`${name}.generate`, [engine, cells, { rows: 4, seed: 1 }]]),
    ),
  };
}
