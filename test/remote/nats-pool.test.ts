/** A pool and workers in this process, with a real server between them. The workers' threads run the built package. */
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { encodeMessage } from "../../src/remote/codec.js";
import { type NatsPoolOptions, natsPool } from "../../src/remote/nats-pool.js";
import { randomIdentity, readCall, streamNames, subjects } from "../../src/remote/protocol.js";
import { serveNats } from "../../src/remote/serve-nats.js";
import { fedscoreVersion } from "../../src/remote/version.js";
import type { WorkerFunction, WorkerPool } from "../../src/workers/worker-pool.js";
import { requireBuild } from "../support/built.js";
import { listenToDeliveries } from "../support/deliveries.js";
import { faultyWorker, remote } from "../support/faulty-worker.js";
import { NatsServer, noServer, skipped } from "../support/nats-server.js";

requireBuild();

const echo: WorkerFunction<unknown, unknown> = remote("echo");
const spin: WorkerFunction<number, number> = remote("spin");
const installed: WorkerFunction<null, string[]> = remote("installed");
const install = { open: remote("install"), close: remote("uninstall") };

/** A worker of two places, and what it says. */
function startWorker(url: string, name = "worker"): { notes: string[]; leave: () => Promise<void> } {
  const [notes, leaving] = [[] as string[], new AbortController()];
  const serving = serveNats({
    ...{ server: url, name, threads: 2, signal: leaving.signal },
    createWorker: () => new Worker(faultyWorker),
    onNote: (text) => notes.push(text),
  });
  return {
    notes,
    async leave() {
      leaving.abort();
      await serving;
    },
  };
}

/** What the server holds of messages, and of consumers. */
async function leftOn(connection: NatsConnection): Promise<{ messages: number; consumers: number }> {
  const manager = await jetstreamManager(connection);
  let [messages, consumers] = [0, 0];
  for (const name of Object.values(streamNames)) {
    const { state } = await manager.streams.info(name);
    messages += state.messages;
    consumers += state.consumer_count;
  }
  return { messages, consumers };
}

it("knows its version", () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(fedscoreVersion).toBe(version);
});

it("says which server cannot be reached", async () => {
  await expect(natsPool({ server: "nats://127.0.0.1:1" })).rejects.toMatchObject({
    code: "FEDSCORE_WORKER",
    message: expect.stringMatching(/^no connection to nats:\/\/127\.0\.0\.1:1: /),
  });
  await expect(natsPool({ server: "http://a" })).rejects.toThrow("server must be as nats://HOST:4222");
});

it.each([
  ["nothing", undefined, "options must be an object, got undefined"],
  ["no server", {}, "server must be a text, got undefined"],
  ["an unknown key", { server: "nats://a", thread: 1 }, 'thread is not known (did you mean "threads"?)'],
  ["no threads", { server: "nats://a", threads: 0 }, "threads must be an integer in [1, 1024], got 0"],
  ["credentials of no kind", { server: "nats://a", credentials: "x" }, "credentials must be the text of a .creds file"],
  ["an empty certificate", { server: "nats://a", tls: { ca: 1 } }, "tls.ca must be a text, got 1"],
  ["notes that are no function", { server: "nats://a", onNote: "x" }, "onNote must be a function"],
])("refuses a worker with %s", async (_, options, message) => {
  await expect(serveNats(options as never)).rejects.toThrow(message);
});

it.each([
  ["no build", { variant: "auto" }, 'variant must be "simd" or "relaxed", got "auto"'],
  ["too short a time", { ackWait: 10 }, "ackWait must be >= 1000 milliseconds, got 10"],
  ["half a worker", { minimumWorkers: 0.5 }, "minimumWorkers must be an integer in [1, 100000], got 0.5"],
  ["no try", { tries: 0 }, "tries must be an integer in [1, 1000], got 0"],
  ["another signal", { signal: {} }, "signal must be an AbortSignal"],
])("refuses a pool with %s", async (_, options, message) => {
  await expect(natsPool({ server: "nats://127.0.0.1:1", ...options } as never)).rejects.toThrow(message);
});

describe.skipIf(noServer !== undefined)(`a pool by a server${skipped}`, () => {
  let server: NatsServer;
  let worker: ReturnType<typeof startWorker>;
  let spy: NatsConnection;
  let pool: WorkerPool | undefined;
  const notes: string[] = [];

  beforeAll(async () => {
    server = await NatsServer.start();
    worker = startWorker(server.url);
    spy = await connect({ servers: server.url });
  });
  afterEach(async () => {
    await pool?.close();
    pool = undefined;
    notes.length = 0;
  });
  afterAll(async () => {
    await worker.leave();
    await spy.close();
    await server.remove();
  });

  async function open(options: Partial<NatsPoolOptions> = {}): Promise<WorkerPool> {
    const onNote = (text: string) => void notes.push(text);
    pool = await natsPool({ server: server.url, ackWait: 2000, onNote, ...options });
    return pool;
  }

  it("answers calls with what workers give, of plain data and arrays, of any size, and leaves nothing behind", async () => {
    const pool = await open();
    expect(pool).toMatchObject({ size: 2, sharesMemory: false, name: `nats (${server.url})` });
    const value = { floats: Float32Array.of(1, Number.NaN, -0), none: undefined, list: [1, "a", null, Infinity] };
    expect(await pool.call(echo, value)).toEqual(value);
    const large = Float64Array.from({ length: 400_000 }, (_, index) => index);
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => pool.call(echo, { index, large })));
    for (const [index, answer] of answers.entries()) {
      const back = answer as { index: number; large: Float64Array };
      expect(back.index).toBe(index);
      // Not toEqual, which takes seconds for each.
      expect(Buffer.from(back.large.buffer).equals(Buffer.from(large.buffer))).toBe(true);
    }
    await pool.close();
    expect(await leftOn(spy)).toEqual({ messages: 0, consumers: 0 });
  });

  it("hands errors on with code and details, and refuses what cannot travel", async () => {
    const pool = await open();
    await expect(pool.call(remote("refuse"), null)).rejects.toMatchObject({
      ...{ code: "FEDSCORE_NON_FINITE", message: "round 3: nothing is finite", details: { round: 3 } },
    });
    await expect(pool.call(remote("misbehave"), null)).rejects.toMatchObject({
      ...{ code: "FEDSCORE_WORKER", message: expect.stringContaining("undefined is not a function") },
    });
    await expect(pool.call(remote("unheardOf"), null)).rejects.toThrow("knows no function unheardOf");
    await expect(pool.call(echo, new Map())).rejects.toThrow("message must be plain data");
  });

  it("keeps installations in all workers, also large ones, until they are uninstalled", async () => {
    const pool = await open();
    const [a, b] = ["a".repeat(2_000_000), "b"];
    pool.install("a", { ...install, input: a });
    pool.install("b", { ...install, input: b });
    const both = await Promise.all(Array.from({ length: 8 }, () => pool.call(installed, null)));
    for (const names of both) expect(names.toSorted()).toEqual([a, b]);
    pool.uninstall("a");
    await expect.poll(() => pool.call(installed, null)).toContain(b);
    expect(await pool.call(echo, 1)).toBe(1);
  });

  it("stores data again that the server has lost, when a worker misses it", { tags: ["slow"] }, async () => {
    const pool = await open();
    const large = "a".repeat(2_000_000);
    pool.install("a", { ...install, input: large });
    expect(await pool.call(installed, null)).toEqual([large]);
    await (await jetstreamManager(spy)).streams.purge(streamNames.data);
    const second = startWorker(server.url, "second");
    await expect.poll(() => pool.size, { timeout: 15_000 }).toBe(4);
    const calls = Array.from({ length: 12 }, async () => {
      await pool.call(spin, 50);
      return pool.call(installed, null);
    });
    for (const names of await Promise.all(calls)) expect(names).toEqual([large]);
    await second.leave();
    expect(second.notes.join()).toMatch(/left run \w+ after [1-9]/);
  });

  it("has few calls at the server at a time: two for each place, and two more", async () => {
    const pool = await open();
    let [there, most] = [0, 0];
    // The spy hears of a result before the pool does.
    spy.subscribe("fedscore.results.*.*", { callback: () => void there-- });
    spy.subscribe("fedscore.calls.*", {
      callback: () => {
        most = Math.max(most, ++there);
      },
    });
    await spy.flush();
    await Promise.all(Array.from({ length: 40 }, () => pool.call(spin, 10)));
    await spy.flush();
    expect({ there, most }).toEqual({ there: 0, most: 2 * pool.size + 2 });
  });

  it("ends calls by their signal, those that run too, and workers go on with others", async () => {
    const pool = await open();
    const abort = new AbortController();
    const calls = Array.from({ length: 20 }, () => pool.call(spin, 30_000, { signal: abort.signal }));
    const begin = performance.now();
    setTimeout(() => abort.abort(), 300);
    for (const call of await Promise.allSettled(calls)) {
      expect(call).toMatchObject({ status: "rejected", reason: { code: "FEDSCORE_ABORTED" } });
    }
    expect(await Promise.all([pool.call(echo, 1), pool.call(echo, 2)])).toEqual([1, 2]);
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  it("ends a call that kills its threads after three tries, with the reason, and answers others", async () => {
    const pool = await open();
    const deliveries = await listenToDeliveries(spy);
    const poison = pool.call(remote("exit"), null);
    const others = Array.from({ length: 6 }, (_, index) => pool.call(echo, index));
    await expect(poison).rejects.toMatchObject({
      ...{ code: "FEDSCORE_WORKER", message: expect.stringContaining("the worker exited with code 3") },
    });
    expect(await Promise.all(others)).toEqual([0, 1, 2, 3, 4, 5]);
    await spy.flush();
    expect([...deliveries.values()].toSorted((a, b) => a.length - b.length)).toEqual([
      ...others.map(() => [1]),
      [1, 2, 3],
    ]);
  });

  it("refuses results that are forged or none, says so, and asks again", async () => {
    const pool = await open();
    // By one who knows which calls there are, but not their tokens.
    let seen = 0;
    const listening = spy.subscribe("fedscore.calls.*", {
      callback: (_, message) => {
        const { run, call } = readCall(message.data);
        const outcome = { kind: "value", value: { inline: encodeMessage("forged") } };
        const forged = encodeMessage({ run, call, token: randomIdentity(), worker: "mallory", outcome });
        if (++seen <= 2) spy.publish(subjects.result(run, call), seen === 1 ? forged : Uint8Array.of(1, 2, 3));
      },
    });
    await spy.flush();
    const [first, second] = await Promise.all([pool.call(spin, 300), pool.call(spin, 301)]);
    listening.unsubscribe();
    expect([first, second]).toEqual([300, 301]);
    const refused = notes.filter((note) => note.includes("was refused"));
    expect(refused).toHaveLength(2);
    expect(refused.join()).toContain("it does not answer the call that it names (from mallory)");
    expect(refused.join()).toContain("does not begin as one of version 1 does");
  });

  it("is not joined by workers of another version, and both sides say why", async () => {
    const run = randomIdentity();
    const heard: string[] = [];
    spy.subscribe(subjects.workers(run), { callback: (_, message) => void heard.push(message.string()) });
    spy.publish(subjects.run(run), encodeMessage({ run, version: "99.0.0", variant: "simd" }));
    const reason = `it needs fedscore 99.0.0, this is ${fedscoreVersion}`;
    await expect.poll(() => worker.notes.join()).toContain(`run ${run.slice(0, 8)} is refused: ${reason}`);
    await expect.poll(() => heard.join()).toContain(reason);
  });

  it("says that it waits for workers, and can be told to stop", async () => {
    const signal = AbortSignal.timeout(2500);
    await expect(open({ minimumWorkers: 3, signal })).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
    expect(notes).toEqual([
      "worker worker joined: 2 places",
      `waiting for 1 more place at workers: fedscore worker --server ${server.url}`,
    ]);
  });

  it("rejects the calls under way when it is closed", async () => {
    const pool = await open();
    const call = pool.call(spin, 10_000);
    call.catch(() => undefined);
    await pool.close();
    await expect(call).rejects.toThrow("the worker pool is closed");
    await expect(pool.call(echo, 1)).rejects.toThrow("the worker pool is closed");
  });

  it("goes on when the server is killed and comes back, and workers come and go", { tags: ["slow"] }, async () => {
    const pool = await open();
    const calls = Array.from({ length: 60 }, (_, index) => pool.call(spin, 40 + index));
    const second = startWorker(server.url, "second");
    await Promise.race(calls);
    await server.kill();
    await server.start();
    await expect.poll(() => second.notes.some((note) => note.startsWith("joined")), { timeout: 15_000 }).toBe(true);
    await second.leave();
    expect(await Promise.all(calls)).toEqual(calls.map((_, index) => 40 + index));
    expect(notes).toContain("the connection to the server is back");
  });
});
