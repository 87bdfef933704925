/** What a client says of a table that it holds, and what it refuses to say. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { completeTraining } from "../../../src/network/training-fields.js";
import { joinFederation } from "../../../src/remote/clients/join.js";
import { JoinedRun } from "../../../src/remote/clients/joined-run.js";
import { Refusal } from "../../../src/remote/clients/no-answer.js";
import { HeldTable, type OwnTable } from "../../../src/remote/clients/own-table.js";
import { type ClientPolicy, completePolicy } from "../../../src/remote/clients/policy.js";
import type { SummaryBody } from "../../../src/remote/clients/task-bodies.js";
import { fitTableEncoding } from "../../../src/tables/encoding/fit.js";
import { parseTableSchema } from "../../../src/tables/schema/parse.js";
import { summarizeTable } from "../../../src/tables/summary/summarize.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { simdEngine } from "../../support/engines.js";
import { networkOf } from "../../support/networks.js";

const engine = await simdEngine();
const session = "a".repeat(32);

const schema = parseTableSchema({
  fields: [
    { name: "kind", type: "string" },
    { name: "amount", type: "integer" },
  ],
});
/** 12 rows of "often", 6 of "seldom", 2 of "rare". */
const kinds = [...Array(12).fill("often"), ...Array(6).fill("seldom"), ...Array(2).fill("rare")];
const csv = ["kind,amount", ...kinds.map((kind, row) => `${kind},${row % 2}`)].join("\n");

const asked: SummaryBody = { schema, reading: {}, smallestCount: 5, quantiles: 8 };

async function held(text: string | Uint8Array<ArrayBuffer> = csv, more: Partial<OwnTable> = {}) {
  const notes: string[] = [];
  const own = { file: new Blob([text]), source: "own.csv", ...more };
  return { table: await HeldTable.open(engine, own, { onNote: (note) => notes.push(note) }), notes };
}

async function runOf(policy: ClientPolicy, given?: HeldTable) {
  const table = given ?? (await held()).table;
  const side = { engine, pool: new InThreadPool(engine), session, data: undefined, heldOut: undefined, table };
  const run = new JoinedRun({ ...side, policy: completePolicy(policy) });
  return (body: object) => run.answer("summary", body, { place: 0, signal: undefined });
}

it("gives a summary of its training rows alone", async () => {
  const { table } = await held(csv, { heldOut: 0.25 });
  expect(table.counts).toEqual({ rows: 15, heldOut: 5 });
  const { train } = await table.read(asked);
  expect(train.rows).toBe(15);
  expect(await table.summarize({ ...asked, smallestCount: 1 })).toEqual(
    summarizeTable(train, schema, { smallestCount: 1, quantiles: 8 }),
  );
});

it("tells no smaller groups than its own policy says, and no smaller ones than the run asks for", async () => {
  const categoriesOf = async (smallestGroup: number, smallestCount: number) => {
    const answer = await (await runOf({ smallestGroup }))({ ...asked, smallestCount });
    return answer && "columns" in answer && Array.isArray(answer.columns) && answer.columns[0].categories;
  };
  expect(await categoriesOf(1, 1)).toEqual(["often", "rare", "seldom"]);
  expect(await categoriesOf(1, 5)).toEqual(["often", "seldom"]);
  expect(await categoriesOf(7, 5)).toEqual(["often"]);
  expect(await categoriesOf(1, 7)).toEqual(["often"]);
});

it("gives none where its policy says so or its rows are too few", async () => {
  await expect((await runOf({ summary: false }))(asked)).rejects.toThrow(
    new Refusal("its policy does not give summary"),
  );
  await expect((await runOf({ smallestGroup: 21 }))(asked)).rejects.toThrow(
    new Refusal("its policy gives summary of at least 21 rows"),
  );
});

it("gives one summary a process, whatever runs ask: the difference of two may be a row", async () => {
  const { table } = await held();
  const first = await (await runOf({ smallestGroup: 1 }, table))(asked);
  expect(await (await runOf({ smallestGroup: 1 }, table))(asked)).toEqual(first);
  for (const other of [{ smallestCount: 4 }, { quantiles: 9 }])
    await expect((await runOf({ smallestGroup: 1 }, table))({ ...asked, ...other })).rejects.toThrow(/another summary/);
  const narrower = parseTableSchema({ fields: schema.fields.slice(1) });
  for (const other of [{ schema: narrower }, { reading: { onInvalid: "missing" } }])
    await expect((await runOf({ smallestGroup: 1 }, table))({ ...asked, ...other })).rejects.toThrow(
      /by another schema/,
    );
});

it("reads by no second schema where the first did not fit", async () => {
  const { table } = await held("kind,amount\nsecret of ours,1");
  const numbers = parseTableSchema({ fields: [{ name: "kind", type: "number" }] });
  await expect(table.read({ schema: numbers, reading: {} })).rejects.toThrow(Refusal);
  await expect(table.read({ schema, reading: {} })).rejects.toThrow(/by another schema/);
});

it("names column and rule to others where a cell does not fit, no cell and no line; to its owner all", async () => {
  const { table } = await held(`${csv}\noften,secret of ours`);
  const refusal = await refusalOf(table.read(asked));
  expect(refusal.message).toBe('its file does not fit the schema: column "amount": expected an integer');
  expect(String(refusal.cause)).toContain("secret of ours");
  expect(String(refusal.cause)).toContain("line 22");
});

it("names the column that its file lacks, none that it has", async () => {
  const { table } = await held("secret of ours,amount\noften,1");
  expect((await refusalOf(table.read(asked))).message).toBe(
    'its file does not fit the schema: header: expected the column "kind"',
  );
});

const golden = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../golden/typed-tables/${name}`, import.meta.url)));

it.each(["snappy.parquet", "zstd.parquet", "table.arrow"])("holds %s as it holds a CSV", async (name) => {
  const { table } = await held(golden(name), { source: name, heldOut: 0.25 });
  expect(table.counts).toEqual({ rows: 3, heldOut: 1 });
  const fields = parseTableSchema({ fields: [{ name: "kind", type: "string" }] });
  const csv = await held('kind,whole\nb,1\na,-2\nb,30000\n"",\n', { heldOut: 0.25 });
  const rows = await table.read({ schema: fields, reading: {} });
  expect(rows).toEqual(await csv.table.read({ schema: fields, reading: {} }));
});

it("names no row of a typed file to others either", async () => {
  const whole = parseTableSchema({ fields: [{ name: "whole", type: "integer", constraints: { maximum: 9 } }] });
  const { table } = await held(golden("snappy.parquet"));
  const refusal = await refusalOf(table.read({ schema: whole, reading: {} }));
  expect(refusal.message).toBe('its file does not fit the schema: column "whole": expected an integer, at most 9');
  expect(String(refusal.cause)).toContain("row 3");
});

it("trains on no rows that it has not announced: a file that was changed since is refused", async () => {
  let now = new Blob([csv]);
  const file = {
    get size() {
      return now.size;
    },
    slice: (from: number, to: number) => now.slice(from, to),
  };
  const table = await HeldTable.open(engine, { file, source: "own.csv" }, { onNote() {} });
  now = new Blob([`${csv}\noften,1`]);
  expect((await refusalOf(table.read(asked))).message).toBe("its file has changed since it joined");
});

it("counts and reads no further once its owner leaves", async () => {
  const leaving = new AbortController();
  const own = { file: new Blob([csv]), source: "own.csv" };
  const table = await HeldTable.open(engine, own, { onNote() {}, signal: leaving.signal });
  leaving.abort();
  const aborted = { code: "FEDSCORE_ABORTED" };
  await expect(table.read(asked)).rejects.toMatchObject(aborted);
  await expect(HeldTable.open(engine, own, { onNote() {}, signal: leaving.signal })).rejects.toMatchObject(aborted);
  const options = { server: "nats://127.0.0.1:1", name: "own", table: own, signal: leaving.signal };
  expect(await joinFederation(options)).toBeUndefined();
});

it("reads by its own settings before those of a run, and tells its owner what became a gap", async () => {
  const { table, notes } = await held(`${csv}\noften,secret of ours`.replaceAll(",", ";"), {
    delimiter: ";",
    onInvalid: "missing",
  });
  const { train } = await table.read({ schema, reading: { delimiter: ",", onInvalid: "error" } });
  expect(train.columns[1].missing.at(-1)).toBe(1);
  expect(notes).toEqual(['own.csv: 1 cells of "amount" do not fit the schema and are gaps']);
});

it("refuses sums of squares of a table's columns, and a table's rows where it holds none", async () => {
  const side = { engine, pool: new InThreadPool(engine), session, policy: completePolicy({ smallestGroup: 1 }) };
  const { table } = await held();
  const noNumbers = new JoinedRun({ ...side, data: undefined, heldOut: undefined, table });
  await expect(noNumbers.answer("moments", {}, { place: 0, signal: undefined })).rejects.toThrow(
    new Refusal("it holds a table, and no rows of numbers"),
  );
  const data = { points: new Float32Array(8), dimension: 2 };
  const noTable = new JoinedRun({ ...side, data, heldOut: undefined });
  const none = new Refusal("it holds no table");
  await expect(noTable.answer("summary", asked, { place: 0, signal: undefined })).rejects.toThrow(none);
  const encoding = fitTableEncoding(schema, await table.summarize(asked));
  const setup = {
    id: "s",
    network: networkOf({ dimension: encoding.dimension }),
    training: completeTraining("training"),
  };
  const open = { session, setup, client: 0, table: { schema, reading: {}, encoding } };
  await expect(noTable.answer("open", open, { place: 0, signal: undefined })).rejects.toThrow(none);
  expect(await noNumbers.answer("open", open, { place: 0, signal: undefined })).toEqual({ rows: 20, heldOut: 0 });
});

async function refusalOf(work: Promise<unknown>): Promise<Refusal> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
