/** What a client says of a table that it holds, and what it refuses to say. */
import { expect, it } from "vitest";
import { completeTraining } from "../../../src/network/training-fields.js";
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
import { utf8 } from "../../tables/support.js";

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

function held(text = csv, more: Partial<OwnTable> = {}) {
  const notes: string[] = [];
  const own = { bytes: utf8(text), source: "own.csv", ...more };
  return { table: new HeldTable(engine, own, (note) => notes.push(note)), notes };
}

function runOf(policy: ClientPolicy, table = held().table) {
  const side = { engine, pool: new InThreadPool(engine), session, data: undefined, heldOut: undefined, table };
  const run = new JoinedRun({ ...side, policy: completePolicy(policy) });
  return (body: object) => run.answer("summary", body, { place: 0, signal: undefined });
}

it("gives a summary of its training rows alone", () => {
  const { table } = held(csv, { heldOut: 0.25 });
  expect(table.counts).toEqual({ rows: 15, heldOut: 5 });
  const { train } = table.read(asked);
  expect(train.rows).toBe(15);
  expect(table.summarize({ ...asked, smallestCount: 1 })).toEqual(
    summarizeTable(train, schema, { smallestCount: 1, quantiles: 8 }),
  );
});

it("tells no smaller groups than its own policy says, and no smaller ones than the run asks for", async () => {
  const categoriesOf = async (smallestGroup: number, smallestCount: number) => {
    const answer = await runOf({ smallestGroup })({ ...asked, smallestCount });
    return answer && "columns" in answer && Array.isArray(answer.columns) && answer.columns[0].categories;
  };
  expect(await categoriesOf(1, 1)).toEqual(["often", "rare", "seldom"]);
  expect(await categoriesOf(1, 5)).toEqual(["often", "seldom"]);
  expect(await categoriesOf(7, 5)).toEqual(["often"]);
  expect(await categoriesOf(1, 7)).toEqual(["often"]);
});

it("gives none where its policy says so or its rows are too few", async () => {
  await expect(runOf({ summary: false })(asked)).rejects.toThrow(new Refusal("its policy does not give summary"));
  await expect(runOf({ smallestGroup: 21 })(asked)).rejects.toThrow(
    new Refusal("its policy gives summary of at least 21 rows"),
  );
});

it("gives one summary a process, whatever runs ask: the difference of two may be a row", async () => {
  const { table } = held();
  const first = await runOf({ smallestGroup: 1 }, table)(asked);
  expect(await runOf({ smallestGroup: 1 }, table)(asked)).toEqual(first);
  for (const other of [{ smallestCount: 4 }, { quantiles: 9 }])
    await expect(runOf({ smallestGroup: 1 }, table)({ ...asked, ...other })).rejects.toThrow(/another summary/);
  const narrower = parseTableSchema({ fields: schema.fields.slice(1) });
  for (const other of [{ schema: narrower }, { reading: { onInvalid: "missing" } }])
    await expect(runOf({ smallestGroup: 1 }, table)({ ...asked, ...other })).rejects.toThrow(/by another schema/);
});

it("reads by no second schema where the first did not fit", () => {
  const { table } = held("kind,amount\nsecret of ours,1");
  const numbers = parseTableSchema({ fields: [{ name: "kind", type: "number" }] });
  expect(() => table.read({ schema: numbers, reading: {} })).toThrow(Refusal);
  expect(() => table.read({ schema, reading: {} })).toThrow(/by another schema/);
});

it("names column and rule to others where a cell does not fit, no cell and no line; to its owner all", () => {
  const { table } = held(`${csv}\noften,secret of ours`);
  const refusal = refusalOf(() => table.read(asked));
  expect(refusal.message).toBe('its file does not fit the schema: column "amount": expected an integer');
  expect(String(refusal.cause)).toContain("secret of ours");
  expect(String(refusal.cause)).toContain("line 22");
});

it("names the column that its file lacks, none that it has", () => {
  const { table } = held("secret of ours,amount\noften,1");
  expect(refusalOf(() => table.read(asked)).message).toBe(
    'its file does not fit the schema: header: expected the column "kind"',
  );
});

it("reads by its own settings before those of a run, and tells its owner what became a gap", () => {
  const { table, notes } = held(`${csv}\noften,secret of ours`.replaceAll(",", ";"), {
    delimiter: ";",
    onInvalid: "missing",
  });
  const { train } = table.read({ schema, reading: { delimiter: ",", onInvalid: "error" } });
  expect(train.columns[1].missing.at(-1)).toBe(1);
  expect(notes).toEqual(['own.csv: 1 cells of "amount" do not fit the schema and are gaps']);
});

it("refuses sums of squares of a table's columns, and a table's rows where it holds none", async () => {
  const side = { engine, pool: new InThreadPool(engine), session, policy: completePolicy({ smallestGroup: 1 }) };
  const { table } = held();
  const noNumbers = new JoinedRun({ ...side, data: undefined, heldOut: undefined, table });
  await expect(noNumbers.answer("moments", {}, { place: 0, signal: undefined })).rejects.toThrow(
    new Refusal("it holds a table, and no rows of numbers"),
  );
  const data = { points: new Float32Array(8), dimension: 2 };
  const noTable = new JoinedRun({ ...side, data, heldOut: undefined });
  const none = new Refusal("it holds no table");
  await expect(noTable.answer("summary", asked, { place: 0, signal: undefined })).rejects.toThrow(none);
  const encoding = fitTableEncoding(schema, table.summarize(asked));
  const setup = {
    id: "s",
    network: networkOf({ dimension: encoding.dimension }),
    training: completeTraining("training"),
  };
  const open = { session, setup, client: 0, table: { schema, reading: {}, encoding } };
  await expect(noTable.answer("open", open, { place: 0, signal: undefined })).rejects.toThrow(none);
  expect(await noNumbers.answer("open", open, { place: 0, signal: undefined })).toEqual({ rows: 20, heldOut: 0 });
});

function refusalOf(act: () => unknown): Refusal {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
