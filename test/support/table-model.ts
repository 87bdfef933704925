import { compose } from "../../src/data/transforms/index.js";
import { fitTableEncoding, readTable, summarizeTable, type TableSchema } from "../../src/entries/tables.js";
import type { Engine } from "../../src/kernels/index.js";
import type { Model } from "../../src/model/model.js";
import { initializeParameters } from "../../src/network/initialize.js";
import { networkOf } from "./networks.js";

const schema: TableSchema = {
  fields: [
    { name: "size", type: "string" },
    { name: "speed", type: "integer", constraints: { minimum: 0 } },
    { name: "nothing", type: "number" },
  ],
};
const cells = Array.from(
  { length: 40 },
  (_, row) => `${["L", "M", "", "S"][row % 4]},${row % 3 === 0 ? "" : row * 10},`,
);
const { table, dialect } = readTable(
  new TextEncoder().encode(`size,speed,nothing\n${cells.join("\n")}\n`),
  "train.csv",
  schema,
);
const encoding = fitTableEncoding(schema, summarizeTable(table, schema, { smallestCount: 1 }));
const network = networkOf({ dimension: encoding.dimension, hidden: [8] });
/** An untrained model of tables of sizes, speeds and a column of gaps alone. */
export const tableModel = (engine: Engine): Model => ({
  name: "sizes",
  network,
  parameters: initializeParameters(engine, network, 1),
  schedule: { kind: "vp-cosine", tMin: 0.02, tMax: 0.98 },
  transform: compose(encoding.dimension, []),
  sampling: { sampler: "ancestral", grid: { kind: "uniform-log-snr", steps: 4 }, count: 1, denoiseLast: false },
  seed: 1,
  table: { schema, dialect, encoding },
});
