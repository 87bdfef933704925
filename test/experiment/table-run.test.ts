/** A run of a table: its files, and that it goes on where it was interrupted. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { ConfigInput } from "../../src/experiment/config/schema.js";
import { runExperiment } from "../../src/experiment/run.js";
import { loadModel } from "../../src/model/load-model.js";
import { sampleModel } from "../../src/model/sample-model.js";
import { decodeDrawn } from "../../src/tables/calibration/decode-drawn.js";
import { readTable } from "../../src/tables/read/read.js";
import { parseTableSchema } from "../../src/tables/schema/parse.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";

const root = mkdtempSync(join(tmpdir(), "fedscore-table-"));
afterAll(() => rmSync(root, { recursive: true }));
const read = (...names: string[]) => readFileSync(join(root, ...names));

const rows = Array.from(
  { length: 80 },
  (_, i) => `${["a", "b", "c"][i % 3]};${i % 13},5;${i % 4 ? `0${(i % 9) + 1}.03.2021` : ""}`,
);
writeFileSync(join(root, "t.csv"), `\ufeffsite;x;day\r\n${rows.join("\r\n")}\r\n`);
const config = (rounds: number): ConfigInput => ({
  name: "table",
  data: { kind: "table", path: "t.csv", clientColumn: "site", heldOut: 20 },
  network: { hidden: [6], noiseFeatures: 4 },
  training: { rounds, localSteps: 2, batchSize: 8, optimizer: { kind: "adam" } },
  federation: { clients: 3, partition: { kind: "column" }, capacities: [1, 0.5], checkpointEvery: 1 },
  sampling: { grid: { kind: "uniform-log-snr", steps: 4 }, count: 25 },
  evaluation: { divergences: [] },
  certificate: false,
});

test("writes rows in the dialect of the file, from the samples of its model; a resumed run has the bytes of one that was not interrupted", async () => {
  const engine = await simdEngine();
  const run = (out: string, rounds: number, resume = false) =>
    runExperiment(config(rounds), {
      ...{ pool: new InThreadPool(engine), variant: "simd", folder: root, out: join(root, out), resume },
    });
  const result = await run("whole", 3);
  const csv = read("whole", "synthetic.csv");
  expect(csv.toString()).toMatch(/^\ufeffsite;x;day\r\n([abc];\d+,\d;(0\d\.03\.2021)?\r\n){25}$/);
  const model = loadModel(engine, read("whole", "model.safetensors"));
  if (!model.table) throw new Error("no table");
  const { schema, encoding, calibration } = model.table;
  expect(calibration?.columns).toHaveLength(3);
  expect(parseTableSchema(JSON.parse(read("whole", "synthetic.schema.json").toString()))).toEqual(schema);
  const drawn = decodeDrawn(model.table, await sampleModel(engine, model));
  expect(readTable(csv, "synthetic.csv", schema).table).toEqual(drawn);
  expect(result.data).toMatchObject({ train: 60, heldOut: 20, dimension: encoding.dimension });

  await run("resumed", 1);
  const resumed = await run("resumed", 3, true);
  expect(resumed.checksums.parameters).toBe(result.checksums.parameters);
  expect(read("resumed", "synthetic.csv")).toEqual(csv);
});
