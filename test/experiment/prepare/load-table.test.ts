/** A table as data of a run: who gets which rows, and what the encoding is made of. */
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../src/experiment/config/parse.js";
import type { RunInput } from "../../../src/experiment/input.js";
import { prepareRun } from "../../../src/experiment/prepare/prepare-run.js";
import type { ProgressEvent, ProgressListener } from "../../../src/experiment/progress.js";
import { encodeTable } from "../../../src/tables/encoding/encode.js";
import { fitTableEncoding } from "../../../src/tables/encoding/fit.js";
import { mergeSummaries } from "../../../src/tables/summary/merge.js";
import { summarizeTable } from "../../../src/tables/summary/summarize.js";
import { takeRows } from "../../../src/tables/table-rows.js";
import { simdEngine } from "../../support/engines.js";

const engine = await simdEngine();
const sites = ["north", "south", "east"];
const line = (i: number) => `${sites[i % 7 < 4 ? 0 : 1]},${i % 11},${["a", "b"][i % 2]},${i}`;
const lines = Array.from({ length: 90 }, (_, i) => line(i));
// One row of the third client, with a category that nobody else has.
const csv = ["site,x,kind,id", ...lines, "east,3,rare,90"].join("\n");
const files: Readonly<Record<string, string>> = {
  "t.csv": csv,
  "rare.csv": ["site,kind", ...lines.map((_, i) => `${sites[i % 3]},${i % 3 === i % 4 ? "a" : `rare ${i}`}`)].join(
    "\n",
  ),
  "schema.json": JSON.stringify({
    fields: [
      { name: "x", type: "integer" },
      { name: "kind", type: "string" },
    ],
  }),
  "broken.json": '{ "fields": [',
};
const read = (path: string) => new TextEncoder().encode(files[path]);
const input: RunInput = {
  read,
  open: (path) => new Blob([read(path)]),
  digits: async () => {
    throw new Error("no digits");
  },
};
const byColumn = { clients: 3, partition: { kind: "column" } };

function prepare(
  data: object = {},
  federation: object = byColumn,
  training: object = {},
  onProgress?: ProgressListener,
) {
  const config = parseConfig({
    name: "t",
    seed: 3,
    data: JSON.parse(JSON.stringify({ kind: "table", path: "t.csv", clientColumn: "site", heldOut: 30, ...data })),
    network: { hidden: [4], noiseFeatures: 4 },
    training,
    federation,
    sampling: { grid: { kind: "uniform-log-snr", steps: 4 } },
    certificate: false,
  });
  return prepareRun(engine, config, input, undefined, onProgress);
}

describe("a table of clients", () => {
  test("tells how much of its file is read", async () => {
    const events: ProgressEvent[] = [];
    await prepare({}, byColumn, {}, (event) => events.push(event));
    const [first, ...others] = events;
    expect(first).toEqual({ kind: "stage", stage: "data", done: 0, total: 100 });
    expect(others.at(-1)).toEqual({ kind: "advance", stage: "data", done: 100, total: 100 });
    for (const event of others) expect(event).toMatchObject({ kind: "advance", stage: "data", total: 100 });
  });

  test('says which columns are mostly "other"', async () => {
    const named = await prepare({ schema: "schema.json" });
    expect(named.data.train.reading).toBeUndefined();
    const schema = { fields: [{ name: "kind", type: "string" }] };
    const { data } = await prepare({ schema, path: "rare.csv" });
    expect(data.train.reading).toMatch(
      /^"kind" is "other" in [67]\d % of the rows, as no client has 5 rows of what they say: leave it out, or lower data.smallestCount$/,
    );
  });

  test("each client has the rows that the column says, and one at least to train on", async () => {
    const { data, clientRows } = await prepare();
    const { table } = data;
    expect(table?.clients?.names).toEqual(["east", "north", "south"]);
    const site = table?.train.columns[0];
    if (site?.kind !== "category") throw new Error("no sites");
    for (const [client, rows] of clientRows.entries()) {
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(site.categories[site.codes[row]]).toBe(table?.clients?.names[client]);
    }
    expect([table?.train.rows, table?.heldOut.rows]).toEqual([61, 30]);
    expect(table?.clients?.heldOut).not.toContain(0);
  });

  test("the encoding is made of what each client says of its own training rows, and no rare category is in it", async () => {
    const { data, clientRows } = await prepare();
    const { table } = data;
    if (!table) throw new Error("no table");
    const summaries = clientRows.map((rows) => summarizeTable(takeRows(table.train, rows), table.schema));
    const encoding = fitTableEncoding(table.schema, mergeSummaries(summaries));
    expect(table.encoding).toEqual(encoding);
    expect(data.train.points).toEqual(encodeTable(encoding, table.train).vectors);
    expect(data.heldOut.points).toEqual(encodeTable(encoding, table.heldOut).vectors);
    expect(JSON.stringify(encoding)).not.toContain("rare");
    expect(table.unknown).toEqual({ kind: 1, site: 1 });
  });

  test("columns that count the rows are left out, and the run says so", async () => {
    const { data } = await prepare();
    expect(data.table?.schema.fields.map(({ name }) => name)).toEqual(["site", "x", "kind"]);
    expect(data.train.reading).toContain('"id" left out');
  });

  test("a schema may be a file or stand in the config; the column of clients need not be in it", async () => {
    const { data } = await prepare({ schema: "schema.json" });
    expect(data.table?.encoding.columns.map(({ name }) => name)).toEqual(["x", "kind"]);
    expect(data.table?.clients?.names).toHaveLength(3);
    expect(data.train.reading).toBeUndefined();
    const inline = await prepare({ schema: JSON.parse(files["schema.json"]) });
    expect(inline.data.train.points).toEqual(data.train.points);
  });

  test("held-out rows that decide when training ends are no longer among the table's", async () => {
    const whole = (await prepare()).data.table;
    const { data } = await prepare({}, byColumn, { earlyStop: { rows: 10 } });
    expect(data.table?.heldOut.rows).toBe(20);
    expect(data.table?.heldOut.columns[1]).toEqual(
      whole &&
        takeRows(
          whole.heldOut,
          Uint32Array.from({ length: 20 }, (_, i) => 10 + i),
        ).columns[1],
    );
    expect(data.table?.clients?.heldOut).toEqual(whole?.clients?.heldOut.subarray(10));
  });

  test("without a column rows are dealt as everywhere", async () => {
    const { data, clientRows } = await prepare({ clientColumn: undefined, heldOut: 10 }, { clients: 4 });
    expect(clientRows).toHaveLength(4);
    expect(data.table?.clients).toBeUndefined();
    expect(JSON.stringify(data.table?.encoding)).not.toContain("rare");
  });

  test.each([
    [
      {},
      { clients: 4, partition: { kind: "column" } },
      'config.federation.clients must be 3, as many as config.data.clientColumn "site" names, got 4',
    ],
    [
      {},
      { clients: 3 },
      'config.federation.partition.kind must be "column" beside config.data.clientColumn, got "iid"',
    ],
    [
      { clientColumn: undefined },
      byColumn,
      'config.federation.partition of kind "column" needs a table whose data.clientColumn',
    ],
    [{ clientColumn: "place" }, byColumn, 't.csv, header: expected the column "place"'],
    [
      { predict: "x" },
      byColumn,
      'config.data.predict must name a column of categories, or be a condition such as "Cost>0"; "x" is of type integer',
    ],
    [{ predict: "y" }, byColumn, '"y" is none of the schema\'s'],
    [
      { predict: "kinds=a" },
      byColumn,
      'config.data.predict must begin with a column and an operator; did you mean "kind"?',
    ],
    [{ predict: "x>high" }, byColumn, 'config.data.predict must compare "x" with an integer'],
    [
      { predict: "x>3", predictFrom: ["x"] },
      byColumn,
      'config.data.predictFrom must name columns other than the one that is foretold, "x" is that one',
    ],
    [{ predictFrom: ["x"] }, byColumn, "config.data.predictFrom is for config.data.predict, which is left out"],
    [{ predict: "kind", predictFrom: ["z"] }, byColumn, '"z" is none of the schema\'s'],
    [{ schema: "broken.json" }, byColumn, "broken.json, line 1, column 14: expected JSON"],
    [
      { schema: { fields: [{ name: "x", type: "int" }] } },
      byColumn,
      "config.data.schema.fields[0].type must be one of",
    ],
    [
      { heldOut: 89 },
      byColumn,
      "config.data must leave each of the 3 clients a row to train on, got 2 training and 89 held-out rows of 91",
    ],
    [
      { smallestCount: 80 },
      byColumn,
      "config.data must have a column that is not the same in all rows, as far as clients tell",
    ],
  ])("%j is refused", async (data, federation, message) => {
    await expect(prepare(data, federation)).rejects.toThrow(message);
  });
});
