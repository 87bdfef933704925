/** Federations whose clients hold their own rows, with a real server between them. */
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createFederation } from "../../../src/federation/federation.js";
import type { FederationOptions } from "../../../src/federation/options.js";
import { poolTransport } from "../../../src/federation/pool-transport.js";
import { replayTransport } from "../../../src/federation/replay-transport.js";
import type { RoundReport } from "../../../src/federation/round-report.js";
import type { Transport } from "../../../src/federation/transport.js";
import { createEngine } from "../../../src/kernels/index.js";
import { maskFamilies } from "../../../src/pruning/families/index.js";
import { joinFederation } from "../../../src/remote/clients/join.js";
import type { JoinOptions } from "../../../src/remote/clients/join-options.js";
import { clientSubjects } from "../../../src/remote/clients/names.js";
import { natsTransport } from "../../../src/remote/clients/nats-transport.js";
import type { NatsTransport } from "../../../src/remote/clients/remote-transport.js";
import type { NatsTransportOptions } from "../../../src/remote/clients/transport-options.js";
import { encodeMessage } from "../../../src/remote/codec.js";
import { randomIdentity } from "../../../src/remote/protocol.js";
import { createTarget } from "../../../src/targets/index.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { NatsServer, noServer, skipped } from "../../support/nats-server.js";
import { type PuppetAnswer, PuppetClient, type PuppetTask } from "../../support/puppet-client.js";

const engine = await createEngine({ variant: "simd" });
const names = ["airline", "bank", "clinic", "depot"];
const perClient = 50;
const { points } = createTarget({ kind: "moons" }).sample(engine, perClient * names.length, 1);
const rowsOf = (client: number) => points.slice(2 * perClient * client, 2 * perClient * (client + 1));

const common = {
  network: { dimension: 2, sigmaData: 1, hidden: [12, 12] },
  training: { batchSize: 16 },
  localSteps: 4,
  rounds: 3,
  weighting: "samples",
} satisfies Partial<FederationOptions>;

const keepRatios = [1, 0.5, 0.5, 1];

/** Where all rows are in one place. */
async function local(more: Partial<FederationOptions> = {}, reports?: readonly RoundReport[]) {
  const pool = poolTransport(new InThreadPool(engine));
  const clients = keepRatios.map((keepRatio, n) => ({
    rows: Uint32Array.from({ length: perClient }, (_, index) => perClient * n + index),
    keepRatio,
  }));
  return train(reports ? replayTransport(pool, reports) : pool, { points, clients, ...more });
}

/** Where each client has its own. */
function remote(transport: Transport, more: Partial<FederationOptions> = {}) {
  const clients = keepRatios.map((keepRatio) => ({ rowCount: perClient, keepRatio }));
  return train(transport, { clients, ...more });
}

async function train(
  transport: Transport,
  options: Partial<FederationOptions> & Pick<FederationOptions, "clients">,
): Promise<{ parameters: Float32Array; reports: Omit<RoundReport, "seconds">[] }> {
  const federation = createFederation(engine, { ...common, ...options, transport });
  const reports = [];
  for await (const { seconds: _, ...report } of federation.train()) reports.push(report);
  return { parameters: federation.parameters, reports };
}

describe.skipIf(noServer !== undefined)(`clients by a server${skipped}`, () => {
  let server: NatsServer;
  let spy: NatsConnection;
  let leaving: AbortController;
  let joined: Promise<void>[] = [];
  let transport: NatsTransport | undefined;
  const puppets: PuppetClient[] = [];
  const notes: string[] = [];

  beforeAll(async () => {
    server = await NatsServer.start();
    spy = await connect({ servers: server.url });
  });
  afterEach(async () => {
    await transport?.close();
    leaving?.abort();
    await Promise.all(joined);
    joined = [];
    await Promise.all(puppets.splice(0).map((puppet) => puppet.close()));
    notes.length = 0;
  });
  afterAll(async () => {
    await spy.close();
    await server.remove();
  });

  function join(client: number, more: Partial<JoinOptions> = {}): void {
    if (joined.length === 0) leaving = new AbortController();
    const data = { points: rowsOf(client), dimension: 2 };
    const { signal } = leaving;
    joined.push(joinFederation({ server: server.url, name: names[client], data, workers: 0, signal, ...more }));
  }

  async function puppetNamed(name: string, answer: PuppetAnswer): Promise<PuppetClient> {
    const puppet = await PuppetClient.start({ server: server.url }, name, answer);
    puppets.push(puppet);
    return puppet;
  }

  async function open(more: Partial<NatsTransportOptions> = {}): Promise<NatsTransport> {
    const onNote = (text: string) => void notes.push(text);
    transport = await natsTransport({ server: server.url, clients: names, onNote, ...more });
    return transport;
  }

  it("sends no row: neither its numbers nor their digits are in any message or on the server's disk", async () => {
    // The first of all: who listens to everything seems to be whoever has left, and then tasks wait for those who are gone.
    const wire: Uint8Array[] = [];
    const listening = spy.subscribe(">", { callback: (_, { data }) => void wire.push(data) });
    for (const client of names.keys())
      join(client, { heldOut: { points: rowsOf(client).subarray(0, 40), dimension: 2 } });
    const transport = await open();
    const there = await remote(transport, { rounds: 2 });
    const losses = await transport.evaluate(there.parameters);
    expect(losses.map((each) => "rows" in each && each.rows)).toEqual([20, 20, 20, 20]);
    await spy.flush();
    listening.unsubscribe();
    const everything = Buffer.concat([...wire, ...server.storedBytes()]);
    expect(wire.length).toBeGreaterThan(16);
    // What is looked for is found where it is.
    expect(isIn(Buffer.concat([everything, bytesOf(points, 7)]), points)).toBe(true);
    expect(isIn(Buffer.concat([everything, Buffer.from(`[${points[7]}]`)]), points)).toBe(true);
    expect(isIn(everything, points)).toBe(false);
  });

  // Other masks, and what else a federation may be, are in strategies.test.ts.
  it("trains to the bytes of one machine with all rows, weighted by them", async () => {
    for (const client of names.keys()) join(client);
    const options = { maskFamily: maskFamilies["magnitude-unstructured"] };
    const [there, here] = [await remote(await open(), options), await local(options)];
    expect(there.parameters).toEqual(here.parameters);
    expect(there.reports).toEqual(here.reports);
    expect(transport?.refused).toEqual([]);
  });

  it.each([{ kind: "float16" }, { kind: "int8" }, { kind: "top-k", share: 0.3, feedback: false }] as const)(
    "trains to the same bytes with updates as $kind, which are fewer on the wire",
    async (encoding) => {
      for (const client of names.keys()) join(client);
      const [there, here] = [await remote(await open(), { encoding }), await local({ encoding })];
      expect(there).toEqual(here);
      const [{ wireBytesUp = 0, bytesUp }] = there.reports;
      expect(wireBytesUp).toBeLessThan(0.7 * bytesUp);
      expect(transport?.bytes.up).toBeGreaterThan(3 * wireBytesUp);
    },
  );

  /** The same clients answer where all rows are in one place. */
  async function expectReplay(there: Awaited<ReturnType<typeof remote>>, more: Partial<FederationOptions> = {}) {
    const here = await local(more, there.reports as RoundReport[]);
    expect(there.parameters).toEqual(here.parameters);
    expect(there.reports).toEqual(here.reports);
  }

  function absences({ reports }: Awaited<ReturnType<typeof remote>>) {
    return reports.map(({ absent }) => absent.map(({ client, reason, message }) => [names[client], reason, message]));
  }

  it("goes on without a client whose policy refuses, and says why", async () => {
    for (const client of [0, 1, 2]) join(client);
    join(3, { policy: { mostRounds: 2 } });
    const there = await remote(await open());
    const reason = "its policy allows 2 rounds, and this is one more";
    expect(absences(there)).toEqual([[], [], [["depot", "refused", reason]]]);
    await expectReplay(there);
  });

  it("goes on without clients that are late, gone or were never there", async () => {
    for (const client of [0, 1]) join(client);
    await puppetNamed("clinic", () => undefined);
    const transport = await open({ lostAfter: 2000 });
    const there = await remote(transport, { rounds: 1, deadline: 2.5 });
    expect(absences(there)).toEqual([
      [
        ["clinic", "late", undefined],
        ["depot", "lost", "nobody has heard of it"],
      ],
    ]);
    await expectReplay(there, { rounds: 1 });
    expect(transport.clientStatus().map(({ name, absent }) => [name, absent])).toEqual([
      ["airline", 0],
      ["bank", 0],
      ["clinic", 1],
      ["depot", 1],
    ]);
  }, 20_000);

  it("believes nothing of a hostile client, counts it, and goes on without it", async () => {
    for (const client of [0, 1, 3]) join(client);
    const good = ({ round, parameters }: PuppetTask) => ({ round, local: parameters, loss: 1, steps: 4, flops: 1 });
    const changed = (task: PuppetTask, change: (local: Float32Array) => Float32Array) => {
      return { ...good(task), local: change(task.parameters.slice()) };
    };
    const tricks: [reason: RegExp, answer: (task: PuppetTask) => Uint8Array][] = [
      [/of another run/, (task) => puppet.answer(task.message, good(task), { run: randomIdentity() })],
      [/names another client/, (task) => puppet.answer(task.message, good(task), { client: "bank" })],
      [/answers another task/, (task) => puppet.answer(task.message, good(task), { task: randomIdentity() })],
      [/does not begin as one/, () => Uint8Array.of(1, 2, 3)],
      [/is of round \d, not/, (task) => puppet.answer(task.message, { ...good(task), round: task.round + 1 })],
      [
        /parameters, not \d+/,
        (task) =>
          puppet.answer(
            task.message,
            changed(task, (local) => local.subarray(1)),
          ),
      ],
      [
        /has NaN at parameter 3/,
        (task) =>
          puppet.answer(
            task.message,
            changed(task, (local) => local.fill(Number.NaN, 3, 4)),
          ),
      ],
      [
        /an update of norm 1000, beyond the 100/,
        (task) =>
          puppet.answer(
            task.message,
            changed(task, (local) => local.fill(local[0] + 1000, 0, 1)),
          ),
      ],
      [
        /has 99999999 bytes, the most/,
        (task) =>
          puppet.answer(
            task.message,
            {},
            {
              outcome: {
                kind: "value",
                value: { name: randomIdentity(), bytes: 99999999, chunks: 1, sha256: "a".repeat(64) },
              },
            },
          ),
      ],
      [/bytes, the most are/, (task) => puppet.answer(task.message, { ...good(task), more: "x".repeat(100_000) })],
      [
        /is not on the server/,
        (task) =>
          puppet.answer(
            task.message,
            {},
            {
              outcome: {
                kind: "value",
                value: { name: randomIdentity(), bytes: 99, chunks: 1, sha256: "a".repeat(64) },
              },
            },
          ),
      ],
      [/has a loss of NaN/, (task) => puppet.answer(task.message, { ...good(task), loss: Number.NaN })],
      [/is of 3 local steps/, (task) => puppet.answer(task.message, { ...good(task), steps: 3 })],
    ];
    const puppet = await puppetNamed("clinic", (task) => tricks[task.round][1](task));
    const transport = await open({ maximumNorm: 100 });
    const rounds = tricks.length;
    const there = await remote(transport, { rounds });
    expect(absences(there)).toEqual(tricks.map(([reason]) => [["clinic", "lost", expect.stringMatching(reason)]]));
    expect(transport.refused).toEqual([{ sender: "clinic", count: rounds, reasons: expect.anything() }]);
    await expectReplay(there, { rounds });
  }, 20_000);

  it("takes no answer that was not asked for, whoever it seems to be from, and none twice", async () => {
    for (const client of [0, 1, 2]) join(client);
    const seen: [subject: string, data: Uint8Array][] = [];
    const listening = spy.subscribe("fedscore.updates.>", {
      callback: (_, { subject, data }) => void seen.push([subject, data]),
    });
    const puppet = await puppetNamed("depot", async (task) => {
      const { run } = task.message;
      // All that the server has of the rounds before is seen.
      await spy.flush();
      const forged = puppet.answer({ ...task.message, task: randomIdentity() }, { round: task.round });
      spy.publish(clientSubjects.update(run, "bank", randomIdentity()), forged);
      for (const [subject, data] of seen) spy.publish(subject, data);
      spy.publish(clientSubjects.hello("airline"), encodeMessage({ name: "bank" }));
      // The round ends by the answer of this client, which comes after them.
      await spy.flush();
      return puppet.answer(task.message, {}, { outcome: { kind: "refused", reason: "no\u0007\u202e" } });
    });
    const transport = await open();
    const there = await remote(transport);
    listening.unsubscribe();
    expect(absences(there)).toEqual(Array(3).fill([["depot", "refused", "no  "]]));
    const refused = new Map(transport.refused.map(({ sender, count }) => [sender, count]));
    // One forged in each round, and those of the rounds before again.
    expect(refused.get("bank")).toBe(6);
    expect(transport.late).toBeGreaterThan(0);
    expect(refused.get("airline")).toBe(3);
    await expectReplay(there);
  }, 20_000);

  it("goes on when the server was killed, and with a client that came back as another process", {
    tags: ["slow"],
    timeout: 30_000,
  }, async () => {
    for (const client of [0, 1, 2]) join(client);
    const first = new AbortController();
    const leaving = joinFederation({
      ...{
        server: server.url,
        name: "depot",
        data: { points: rowsOf(3), dimension: 2 },
        workers: 0,
        signal: first.signal,
      },
    });
    const transport = await open();
    const options = { rounds: 6 };
    const clients = keepRatios.map((keepRatio) => ({ rowCount: perClient, keepRatio }));
    const federation = createFederation(engine, { ...common, ...options, clients, transport });
    const reports = [];
    for await (const { seconds: _, ...report } of federation.train()) {
      reports.push(report);
      if (report.round === 1) {
        await server.kill();
        await server.start();
      }
      if (report.round === 3) {
        first.abort();
        await leaving;
        join(3);
      }
    }
    const here = await local(options);
    expect(reports).toEqual(here.reports);
    expect(federation.parameters).toEqual(here.parameters);
  });
});

function bytesOf(points: Float32Array, index: number): Buffer {
  return Buffer.from(points.buffer, points.byteOffset + 4 * index, 4);
}

/** Whether a number of the rows is in bytes: as float32, as float64, or as the digits that JSON has of it. */
function isIn(bytes: Buffer, points: Float32Array): boolean {
  const numbers = new Set(points);
  const words = new Set(new Uint32Array(points.buffer, points.byteOffset, points.length));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 4 <= bytes.length; at++) if (words.has(view.getUint32(at, true))) return true;
  for (let at = 0; at + 8 <= bytes.length; at++) if (numbers.has(view.getFloat64(at, true))) return true;
  return (bytes.toString("latin1").match(/-?\d+\.\d+(?:e-?\d+)?/g) ?? []).some((digits) => numbers.has(Number(digits)));
}
