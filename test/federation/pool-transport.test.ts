import { describe, expect, it } from "vitest";
import { cutIntoBlocks } from "../../src/federation/blocks.js";
import type { BlockUpdate, TrainingSetup } from "../../src/federation/messages.js";
import { poolTransport } from "../../src/federation/pool-transport.js";
import type { BlocksCall } from "../../src/federation/training-tasks.js";
import type { Transport } from "../../src/federation/transport.js";
import type { TaskCall } from "../../src/workers/task.js";
import type { CallOptions, Installation, WorkerFunction, WorkerPool } from "../../src/workers/worker-pool.js";
import { networkOf } from "../support/networks.js";

const setup: TrainingSetup = {
  id: "run",
  seed: 1,
  network: networkOf({ dimension: 1, noiseFeatures: 2, hidden: [1] }),
  schedule: { kind: "ou", tMin: 1e-3, tMax: 10 },
  training: {
    batchSize: 2 ** 30,
    optimizer: { kind: "sgd", learningRate: 0.1 },
    weighting: "simple",
    levels: { count: 2, spacing: "time" },
  },
  clientRule: { kind: "plain" },
  points: new Float32Array(4),
  clientRows: { rows: Uint32Array.of(0, 1, 2, 3), starts: Uint32Array.of(0, 1, 2, 3, 4) },
};

/** Enough work for a message a block. */
const blocks = cutIntoBlocks({
  setup: setup.id,
  round: 0,
  network: setup.network,
  stepRows: setup.training.batchSize,
  assignments: Array.from({ length: 4 }, (_, client) => ({ client, mask: { kind: "full" }, localSteps: 1, weight: 1 })),
  nonFinite: "stop",
});
const round = { parameters: Float32Array.of(1, 2), blocks };

/** A pool whose calls a test answers by hand, in any order; an aborted call is rejected. */
class ManualPool implements WorkerPool {
  readonly name = "manual";
  readonly sharesMemory = false;
  readonly installed = new Map<string, unknown>();
  readonly calls: { input: unknown; resolve: (value: BlockUpdate[]) => void; reject: (error: unknown) => void }[] = [];
  stopped = 0;

  constructor(readonly size = 4) {}

  call<Input, Output>(
    _job: WorkerFunction<Input, Output>,
    input: Input,
    { signal }: CallOptions = {},
  ): Promise<Output> {
    const answer = new Promise<unknown>((resolve, reject) => {
      this.calls.push({ input, resolve, reject });
      signal?.addEventListener("abort", () => {
        this.stopped++;
        reject(new Error("aborted"));
      });
    });
    return answer as Promise<Output>;
  }

  install<Input>(key: string, { input }: Installation<Input>): void {
    this.installed.set(key, input);
  }

  uninstall(key: string): void {
    this.installed.delete(key);
  }

  async close(): Promise<void> {}
}

const updateOf = (block: number): BlockUpdate => ({
  id: `run/0/${block}`,
  round: 0,
  block,
  sum: new Float32Array(2),
  reports: [],
});

/** A transport that knows the setup of the blocks. */
function transportOver(pool: WorkerPool): Transport {
  const transport = poolTransport(pool);
  void transport.open(setup);
  return transport;
}

/** What workers are told: the rows of the clients lie as they come. */
const laid = { ...setup, clientRows: { starts: setup.clientRows?.starts } };

function begin(signal?: AbortSignal) {
  const pool = new ManualPool();
  const updates = transportOver(pool).run(round, signal)[Symbol.asyncIterator]();
  return { pool, updates, first: updates.next() };
}

describe("poolTransport", () => {
  it("yields updates as they arrive, also many between two looks", async () => {
    const { pool, updates, first } = begin();
    pool.calls[2].resolve([updateOf(2)]);
    expect((await first).value).toMatchObject({ block: 2 });
    for (const block of [3, 0, 1]) pool.calls[block].resolve([updateOf(block)]);
    await new Promise((resolve) => setTimeout(resolve));
    const rest = [await updates.next(), await updates.next(), await updates.next(), await updates.next()];
    expect(rest.map(({ value }) => value?.block)).toEqual([3, 0, 1, undefined]);
    expect(rest.at(-1)?.done).toBe(true);
  });

  it("sends short work together, and yields the updates of an answer one by one", async () => {
    const pool = new ManualPool(1);
    const updates = transportOver(pool)
      .run({ ...round, blocks: blocks.map((block) => ({ ...block, flops: 1 })) })
      [Symbol.asyncIterator]();
    const first = updates.next();
    const sent = pool.calls.map(({ input }) => (input as TaskCall<BlocksCall>).input.blocks);
    expect(sent.map((blocks) => blocks.map(({ block }) => block))).toEqual([[0, 1, 2, 3]]);
    pool.calls[0].resolve([0, 1, 2, 3].map(updateOf));
    const all = [await first, await updates.next(), await updates.next(), await updates.next(), await updates.next()];
    expect(all.map(({ value }) => value?.block)).toEqual([0, 1, 2, 3, undefined]);
  });

  it("sends the round's parameters once, not with each block, and takes them back", async () => {
    const { pool, updates, first } = begin();
    expect([...pool.installed.values()]).toMatchObject([{ setup: laid }, { setup: { parameters: round.parameters } }]);
    for (const { input } of pool.calls) {
      for (const block of (input as TaskCall<BlocksCall>).input.blocks) expect(block).not.toHaveProperty("parameters");
    }
    pool.calls[0].resolve([updateOf(0)]);
    await first;
    await updates.return?.();
    expect([...pool.installed.values()]).toMatchObject([{ setup: laid }]);
  });

  it("keeps a setup in the workers until it is forgotten, once however often it is opened", async () => {
    const pool = new ManualPool();
    const transport = poolTransport(pool);
    await transport.open(setup);
    await transport.open(setup);
    expect(pool.installed.size).toBe(1);
    await transport.forget(setup.id);
    expect(pool.installed.size).toBe(0);
    const late = transport.run(round)[Symbol.asyncIterator]();
    await expect(late.next()).rejects.toMatchObject({ code: "FEDSCORE_WORKER", details: { setup: "run" } });
    expect(pool.installed.size).toBe(0);
  });

  it("stops what is under way when the consumer leaves", async () => {
    const { pool, updates, first } = begin();
    pool.calls[0].resolve([updateOf(0)]);
    await first;
    await updates.return?.();
    expect(pool.stopped).toBe(4);
  });

  it("stops what is under way when a call fails, and fails with its error", async () => {
    const { pool, first } = begin();
    pool.calls[1].reject(new RangeError("block 1 went wrong"));
    await expect(first).rejects.toThrow(new RangeError("block 1 went wrong"));
    expect(pool.stopped).toBe(4);
  });

  it("stops at the caller's abort, also one that came before", async () => {
    const aborter = new AbortController();
    const { pool, first } = begin(aborter.signal);
    aborter.abort();
    await expect(first).rejects.toThrow("aborted");
    expect(pool.stopped).toBe(4);
    const late = transportOver(new ManualPool()).run(round, aborter.signal)[Symbol.asyncIterator]();
    await expect(late.next()).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
  });
});
