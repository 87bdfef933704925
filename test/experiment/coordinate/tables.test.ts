// @module-tag slow
/** A run of tables that clients hold: what leaves them, and what comes of it. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { connect } from "@nats-io/transport-node";
import { utf8 as arrowText, dateDay, dictionary, float64, tableFromArrays, tableToIPC } from "@uwdata/flechette";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/experiment/config/parse.js";
import { type RunClients, readClients } from "../../../src/experiment/coordinate/clients-file.js";
import { coordinate } from "../../../src/experiment/coordinate/coordinate.js";
import { prepareClients } from "../../../src/experiment/coordinate/prepare-clients.js";
import { replayRun } from "../../../src/experiment/coordinate/replay.js";
import { federationOptions } from "../../../src/experiment/prepare/federations.js";
import type { ExperimentResult } from "../../../src/experiment/result/schema.js";
import { createFederation } from "../../../src/federation/federation.js";
import { poolTransport } from "../../../src/federation/pool-transport.js";
import { createEngine, type Engine } from "../../../src/kernels/index.js";
import { loadModel } from "../../../src/model/load-model.js";
import { joinFederation } from "../../../src/remote/clients/join.js";
import { HeldTable } from "../../../src/remote/clients/own-table.js";
import { runReport } from "../../../src/report/run-report.js";
import { sha256 } from "../../../src/sha256.js";
import { encodeTable } from "../../../src/tables/encoding/encode.js";
import { fitTableEncoding } from "../../../src/tables/encoding/fit.js";
import { readTable } from "../../../src/tables/read/read.js";
import { parseTableSchema } from "../../../src/tables/schema/parse.js";
import { mergeSummaries } from "../../../src/tables/summary/merge.js";
import { summarizeTable } from "../../../src/tables/summary/summarize.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
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
/** Of three rows of each client: of more than five in all. */
const rareEverywhere = "a few at each";
const rareKinds = [...names.map((_, client) => rareOf(client)), rareEverywhere];
const kindOf = (client: number, row: number) => {
  if (row % 17 === 7) return rareOf(client);
  return row % 20 === 3 ? rareEverywhere : ["small", "large"][row % 2];
};
const dayOf = (client: number, row: number) => `20${10 + client}-0${1 + (row % 9)}-17`;
const csvOf = (client: number) =>
  [
    "kind;amount;when",
    ...Array.from({ length: rowsEach }, (_, row) =>
      [kindOf(client, row), row % 9 === 4 ? "" : amountOf(client, row), dayOf(client, row)].join(";"),
    ),
  ].join("\r\n");

/** What a client's file holds. */
type Content = string | Uint8Array<ArrayBuffer>;

/** The same rows in an Arrow file. */
function arrowOf(client: number): Uint8Array<ArrayBuffer> {
  const rows = Array.from({ length: rowsEach }, (_, row) => row);
  const columns = {
    kind: rows.map((row) => kindOf(client, row)),
    amount: rows.map((row) => (row % 9 === 4 ? null : Number(amountOf(client, row)))),
    when: rows.map((row) => new Date(dayOf(client, row))),
  };
  const table = tableFromArrays(columns, {
    types: { kind: dictionary(arrowText()), amount: float64(), when: dateDay() },
  });
  return new Uint8Array(tableToIPC(table, { format: "file" }) ?? []);
}

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

  beforeAll(requireBuild);
  afterEach(async () => {
    leaving.abort();
    await Promise.all(joined);
    await server.remove();
  });
  afterAll(remove);

  /** A server of its own, so that its disk has messages of one run alone. */
  async function start(
    files: readonly Content[] = names.map((_, client) => csvOf(client)),
    settings = "",
  ): Promise<void> {
    server = await NatsServer.start(settings);
    joinAll(files);
  }

  function ownTable(content: Content, client: number) {
    return { file: new Blob([content]), source: names[client], heldOut: 0.2 };
  }

  function joinAll(files: readonly Content[]): void {
    leaving = new AbortController();
    joined = files.map((content, client) =>
      joinFederation({
        ...{ server: server.url, name: names[client], workers: 0, signal: leaving.signal },
        table: ownTable(content, client),
        policy: { smallestGroup: 1 },
      }),
    );
  }

  /** @param stops told of each round that is done; true interrupts the run. */
  async function run(
    name: string,
    config: ReturnType<typeof parseConfig>,
    stops: (round: number) => boolean = () => false,
    resume = false,
  ) {
    const stop = new AbortController();
    const out = join(folder, name);
    mkdirSync(folder, { recursive: true });
    const told: string[] = [];
    const result = await coordinate(config, {
      ...{
        server: { server: server.url },
        out,
        workers: 1,
        drawReport: runReport,
        resume,
        signal: AbortSignal.any([stop.signal, AbortSignal.timeout(60_000)]),
      },
      onProgress: (event) => {
        if (event.kind === "round" && stops(event.done)) stop.abort();
        if (event.kind === "note") told.push(event.text);
      },
    });
    return { result, told, out, read: (file: string) => readFileSync(join(out, file)) };
  }

  /** The run, and the bytes of all messages and of all that the server keeps. */
  async function overheard(name: string, smallestCount: number) {
    // So small that updates and, without a threshold, summaries come in chunks.
    await start(undefined, "max_payload: 3072");
    const wire: Uint8Array[] = [];
    const chunks = new Map<string, Uint8Array[]>();
    const spy = await connect({ servers: server.url });
    spy.subscribe(">", {
      callback: (_, { subject, data }) => {
        wire.push(data);
        const [, place, , client, object, index] = subject.split(".");
        if (place !== "client") return;
        const key = `${client}.${object}`;
        chunks.set(key, Object.assign(chunks.get(key) ?? [], { [Number(index)]: data }));
      },
    });
    await spy.flush();
    const done = await run(name, configOf(smallestCount));
    await spy.flush();
    await spy.close();
    expect(wire.length).toBeGreaterThan(20);
    const joint = [...chunks.values()].map((parts) => Buffer.concat(parts));
    expect([...chunks.values()].some((parts) => parts.length > 1)).toBe(true);
    return { ...done, everything: Buffer.concat([...wire, ...joint, ...server.storedBytes()]) };
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
      categories: rareKinds.filter(has).length,
      texts: amounts.filter((amount) => has(amount)).length,
      numbers: amounts.filter((amount) => has(String(Number(amount)))).length,
      bytes: amounts.filter(
        (amount) => has(bytesOf(Float64Array.of(Number(amount)))) || has(bytesOf(Float32Array.of(Number(amount)))),
      ).length,
      vectors: vectors.filter((vector) => has(bytesOf(vector))).length,
    };
  }

  it("no row and no rare category leaves a client; what would be told without a threshold is found by the same search", {
    tags: ["slow"],
  }, async () => {
    const { everything, read, result } = await overheard("quiet", 5);
    expect(await foundIn(everything, read("model.safetensors"))).toEqual({
      categories: 0,
      texts: 0,
      numbers: 0,
      bytes: 0,
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
    expect(found.categories).toBe(rareKinds.length);
    expect(found.numbers).toBeGreaterThan(100);
    const engine = await createEngine({ variant: "simd" });
    const { encoding } = loadModel(engine, loud.read("model.safetensors")).table ?? {};
    if (!encoding) throw new Error("no table");
    const [first] = names.map(
      (name, client) => encodeTable(encoding, readTable(utf8(csvOf(client)), name, schema).table).vectors,
    );
    // Rows as vectors and numbers as bytes are sent by nothing: what is looked for is found where it is.
    const row = Buffer.from(first.buffer, 4 * encoding.dimension, 4 * encoding.dimension);
    const [float, double] = [Float32Array.of(Number(amountOf(0, 1))), Float64Array.of(Number(amountOf(1, 2)))];
    const planted = Buffer.concat([loud.everything, row, Buffer.from(float.buffer), Buffer.from(double.buffer)]);
    const seen = await foundIn(planted, loud.read("model.safetensors"));
    expect(seen.vectors).toBe(1);
    expect(seen.bytes).toBe(found.bytes + 2);
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

  it("comes to the bytes of one machine with all rows, whatever kinds of files have them, although the coordinator and a client were started again", {
    tags: ["slow"],
  }, async () => {
    const few = csvOf(2).split("\r\n").slice(0, 5).join("\r\n");
    const csvs = [csvOf(0), csvOf(1), few];
    const files = [new Uint8Array(gzipSync(csvOf(0))), arrowOf(1), few];
    await start(files);
    const config = configOf(5, { federation: { clients: 3, capacities: [1, 0.5], checkpointEvery: 1 } });
    const interrupted = run("again", config, (round) => round === 1);
    await expect(interrupted).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
    leaving.abort();
    await Promise.all(joined);
    joinAll(files);
    const { result, out } = await run("again", config, () => false, true);
    expect(result.training.perRound.map(({ absent }) => absent)).toEqual([[], []]);

    const engine = await createEngine({ variant: "simd" });
    const clients = readClients(out);
    const rows = await Promise.all(
      csvs.map(async (csv, client) => {
        const own = await HeldTable.open(engine, ownTable(csv, client), { onNote() {} });
        return (await own.read({ schema, reading: {} })).train;
      }),
    );
    const summaries = rows.map((table) => summarizeTable(table, schema, { smallestCount: 5 }));
    // Who has fewer than five rows says nothing, and is encoded as the others are.
    expect(rows.map((each) => each.rows)).toEqual([48, 48, 3]);
    const encoding = fitTableEncoding(schema, mergeSummaries(summaries));
    expect(clients.table?.told.encoding).toEqual(encoding);
    const points = rows.map((table) => encodeTable(encoding, table).vectors);
    expect(result.checksums.parameters).toBe(await trainedHere(engine, config, clients, points));
    expect((await replayRun(out, () => {})).parameters).toBe(result.checksums.parameters);
    // Finished, it is left as it is, and waits for nobody.
    leaving.abort();
    await Promise.all(joined);
    expect((await run("again", config, () => false, true)).result.date).toBe(result.date);
  });

  /** SHA-256 of the parameters where all rows are in one place. */
  async function trainedHere(
    engine: Engine,
    config: ReturnType<typeof parseConfig>,
    clients: RunClients,
    points: readonly Float32Array[],
  ): Promise<string> {
    const prepared = prepareClients(engine, config, clients);
    const { dimension } = prepared.network;
    let next = 0;
    const clientRows = points.map(({ length }) => {
      const first = next;
      next += length / dimension;
      return Uint32Array.from({ length: next - first }, (_, row) => first + row);
    });
    const all = Float32Array.from(points.flatMap((each) => [...each]));
    const options = federationOptions(config, { ...prepared, clientRows, rows: all });
    const federation = createFederation(engine, { ...options, transport: poolTransport(new InThreadPool(engine)) });
    for await (const _ of federation.train());
    return sha256(federation.samplingParameters);
  }

  it("goes on without clients whose files do not fit, and tells nobody a cell of them", async () => {
    const secret = "between 7 and 8";
    const cell = csvOf(1).replace(amountOf(1, 5), secret);
    await start([csvOf(0), cell, csvOf(2).replace("amount", "sum")]);
    const wire: Uint8Array[] = [];
    const spy = await connect({ servers: server.url });
    spy.subscribe(">", { callback: (_, { data }) => void wire.push(data) });
    await spy.flush();
    const { told, result, read } = await run("other", configOf(5));
    await spy.close();
    expect(cell).toContain(secret);
    const noteOf = (client: number) => told.find((each) => each.startsWith(`the summary of client ${names[client]}`));
    expect(noteOf(1)).toMatch(/its file does not fit the schema: column "amount": expected a number/);
    expect(noteOf(2)).toMatch(/its file does not fit the schema: header: expected the column "amount"/);
    const reasons = result.training.perRound.map(({ absent }) => absent.map(({ client, reason }) => [client, reason]));
    expect(reasons).toEqual(Array(2).fill([1, 2].map((client) => [client, "refused"])));
    const everything = Buffer.concat([...wire, ...server.storedBytes(), read("result.json"), read("report.html")]);
    // The place of the cell is said, and neither the cell nor its line.
    expect(everything.includes("does not fit the schema")).toBe(true);
    expect([secret, "line 7"].filter((text) => everything.includes(text))).toEqual([]);
  });

  it("protects records, and says that the summaries are not covered", { tags: ["slow"] }, async () => {
    await start();
    const privacy = { kind: "record", clipNorm: 1, noiseMultiplier: 2, delta: 1e-3 };
    const { result, read, out } = await run(
      "private",
      configOf(5, { privacy, federation: { clients: 3, checkpointEvery: 1 } }),
    );
    expect(await replayRun(out, () => {})).toMatchObject({ rounds: 2, parameters: result.checksums.parameters });
    expect(result.privacy?.unit).toBe("record");
    expect(result.privacy?.notCovered.join()).toContain("summaries");
    expect(readTable(read("synthetic.csv"), "synthetic.csv", schema).table.rows).toBe(12);
  });
});
