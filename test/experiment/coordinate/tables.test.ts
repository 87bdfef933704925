/** A run of tables that clients hold: what leaves them, and what comes of it. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "@nats-io/transport-node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/experiment/config/parse.js";
import { coordinate } from "../../../src/experiment/coordinate/coordinate.js";
import type { ExperimentResult } from "../../../src/experiment/result/schema.js";
import { createEngine } from "../../../src/kernels/index.js";
import { loadModel } from "../../../src/model/load-model.js";
import { joinFederation } from "../../../src/remote/clients/join.js";
import { runReport } from "../../../src/report/run-report.js";
import { encodeTable } from "../../../src/tables/encoding/encode.js";
import { readTable } from "../../../src/tables/read/read.js";
import { parseTableSchema } from "../../../src/tables/schema/parse.js";
import { temporaryFolder } from "../../cli/support.js";
import { requireBuild } from "../../support/built.js";
import { NatsServer, noServer, skipped } from "../../support/nats-server.js";
import { utf8 } from "../../tables/support.js";

const names = ["airline", "bank", "clinic"];
const rowsEach = 60;
const schema = parseTableSchema({
  fields: [
    { name: "kind", type: "string" },
    { name: "amount", type: "number", format: "0.000" },
    { name: "when", type: "date" },
  ],
});

/** A number that no other row has, and that no mean of others is: it grows with the square of the row. */
const amountOf = (client: number, row: number) => (1e6 * (client + 1) + 97.301 * row ** 2 + 17.137).toFixed(3);
const rareOf = (client: number) => `only at ${names[client]}`;
const kindOf = (client: number, row: number) => (row % 17 === 7 ? rareOf(client) : ["small", "large"][row % 2]);
const csvOf = (client: number) =>
  [
    "kind;amount;when",
    ...Array.from({ length: rowsEach }, (_, row) =>
      [kindOf(client, row), row % 9 === 4 ? "" : amountOf(client, row), `20${10 + client}-0${1 + (row % 9)}-17`].join(
        ";",
      ),
    ),
  ].join("\r\n");

const configOf = (smallestCount: number, more: object = {}) =>
  parseConfig({
    name: "tables",
    data: { kind: "table", schema: JSON.parse(JSON.stringify(schema)), smallestCount, calibration: 600 },
    network: { hidden: [6], noiseFeatures: 4 },
    training: { rounds: 2, localSteps: 2, batchSize: 8 },
    federation: { clients: names.length, capacities: [1, 0.5] },
    sampling: { count: 12, grid: { kind: "uniform-log-snr", steps: 4 } },
    evaluation: { divergences: [] },
    certificate: false,
    ...more,
  });

describe.skipIf(noServer !== undefined)(`tables of clients${skipped}`, () => {
  const { path: folder, remove } = temporaryFolder();
  let server: NatsServer;
  let leaving: AbortController;
  let joined: Promise<unknown>[] = [];
  let notes: string[] = [];

  beforeAll(requireBuild);
  afterEach(async () => {
    leaving.abort();
    await Promise.all(joined);
    await server.remove();
  });
  afterAll(remove);

  /** A server of its own, so that its disk has messages of one run alone. */
  async function start(csvs: readonly string[] = names.map((_, client) => csvOf(client))): Promise<void> {
    server = await NatsServer.start();
    leaving = new AbortController();
    notes = [];
    joined = csvs.map((csv, client) =>
      joinFederation({
        ...{ server: server.url, name: names[client], workers: 0, signal: leaving.signal },
        table: { bytes: utf8(csv), source: `${names[client]}.csv`, heldOut: 0.2 },
        onNote: (text) => void notes.push(text),
        policy: { smallestGroup: 1 },
      }),
    );
  }

  async function run(name: string, config: ReturnType<typeof parseConfig>) {
    const out = join(folder, name);
    mkdirSync(folder, { recursive: true });
    const told: string[] = [];
    const result = await coordinate(config, {
      ...{
        server: { server: server.url },
        out,
        workers: 1,
        drawReport: runReport,
        signal: AbortSignal.timeout(60_000),
      },
      onProgress: (event) => {
        if (event.kind === "note") told.push(event.text);
      },
    });
    return { result, told, read: (file: string) => readFileSync(join(out, file)) };
  }

  /** The run, and the bytes of all messages and of all that the server keeps. */
  async function overheard(name: string, smallestCount: number) {
    await start();
    const wire: Uint8Array[] = [];
    const spy = await connect({ servers: server.url });
    spy.subscribe(">", { callback: (_, { data }) => void wire.push(data) });
    await spy.flush();
    const done = await run(name, configOf(smallestCount));
    await spy.flush();
    await spy.close();
    expect(wire.length).toBeGreaterThan(20);
    return { ...done, everything: Buffer.concat([...wire, ...server.storedBytes()]) };
  }

  /** What of the rows is in the bytes: rare categories, numbers as text, float64 and float32, and whole rows as vectors. */
  async function foundIn(everything: Buffer, model: Buffer) {
    const engine = await createEngine({ variant: "simd" });
    const { table } = loadModel(engine, model);
    if (!table) throw new Error("no table");
    const rows = names.flatMap((_, client) => Array.from({ length: rowsEach }, (_, row) => ({ client, row })));
    const amounts = rows.filter(({ row }) => row % 9 !== 4).map(({ client, row }) => amountOf(client, row));
    const has = (bytes: Buffer | string) => everything.includes(bytes);
    const bytesOf = (array: Float32Array | Float64Array) =>
      Buffer.from(array.buffer, array.byteOffset, array.byteLength);
    const vectors = names.flatMap((name, client) => {
      const own = readTable(utf8(csvOf(client)), name, schema).table;
      const encoded = encodeTable(table.encoding, own).vectors;
      const { dimension } = table.encoding;
      return Array.from({ length: own.rows }, (_, row) => encoded.slice(row * dimension, (row + 1) * dimension));
    });
    return {
      categories: names.filter((_, client) => has(rareOf(client))).length,
      texts: amounts.filter((amount) => has(amount)).length,
      numbers: amounts.filter((amount) => has(bytesOf(Float64Array.of(Number(amount)))) || has(String(Number(amount))))
        .length,
      vectors: vectors.filter((vector) => has(bytesOf(vector))).length,
    };
  }

  it("no row and no rare category leaves a client; what would be told without a threshold is found by the same search", async () => {
    const { everything, read, result } = await overheard("quiet", 5);
    expect(await foundIn(everything, read("model.safetensors"))).toEqual({
      categories: 0,
      texts: 0,
      numbers: 0,
      vectors: 0,
    });
    // What may leave them did.
    for (const category of ["small", "large"]) expect(everything.includes(category)).toBe(true);
    await checkFiles(result, read);
    leaving.abort();
    await Promise.all(joined);
    await server.remove();

    const loud = await overheard("loud", 1);
    const found = await foundIn(loud.everything, loud.read("model.safetensors"));
    expect(found.categories).toBe(names.length);
    expect(found.numbers).toBeGreaterThan(100);
    const engine = await createEngine({ variant: "simd" });
    const { encoding } = loadModel(engine, loud.read("model.safetensors")).table ?? {};
    if (!encoding) throw new Error("no table");
    const [first] = names.map(
      (name, client) => encodeTable(encoding, readTable(utf8(csvOf(client)), name, schema).table).vectors,
    );
    const row = Buffer.from(first.buffer, 4 * encoding.dimension, 4 * encoding.dimension);
    const seen = await foundIn(Buffer.concat([loud.everything, row]), loud.read("model.safetensors"));
    expect(seen.vectors).toBe(1);
  });

  async function checkFiles(result: ExperimentResult, read: (file: string) => Buffer): Promise<void> {
    const { table } = loadModel(await createEngine({ variant: "simd" }), read("model.safetensors"));
    expect(table?.calibration?.columns).toHaveLength(3);
    const synthetic = readTable(read("synthetic.csv"), "synthetic.csv", schema).table;
    expect(synthetic.rows).toBe(12);
    expect(parseTableSchema(JSON.parse(read("synthetic.schema.json").toString()))).toEqual(schema);
    expect(result.table).toMatchObject({ notComputed: expect.stringContaining("clients") });
    expect(result.clients.map(({ samples }) => samples)).toEqual([48, 48, 48]);
    expect(result.remote?.loss).toBeGreaterThan(0);
  }

  it("goes on without a client whose file is of other columns, and tells nobody a cell of it", async () => {
    const [first, second] = [csvOf(0), csvOf(1)];
    await start([first, second, first.replace("amount", "sum")]);
    const { told, result } = await run("other", configOf(5));
    const note = told.find((each) => each.includes(names[2]) && each.includes("schema")) ?? "";
    expect(note).toContain("its file does not fit the schema");
    expect(note).toContain('"amount"');
    expect(note).not.toContain("only at");
    expect(result.training.rounds).toBe(2);
  });

  it("protects records, and says that the summaries are not covered", async () => {
    await start();
    const privacy = { kind: "record", clipNorm: 1, noiseMultiplier: 2, delta: 1e-3 };
    const { result, read } = await run(
      "private",
      configOf(5, { privacy, federation: { clients: 3, checkpointEvery: 1 } }),
    );
    expect(result.privacy?.unit).toBe("record");
    expect(result.privacy?.notCovered.join()).toContain("summaries");
    expect(readTable(read("synthetic.csv"), "synthetic.csv", schema).table.rows).toBe(12);
  });
});
