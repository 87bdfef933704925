import { describe, expect, it } from "vitest";
import { cutIntoBlocks } from "../../src/federation/blocks.js";
import type { BlockUpdate } from "../../src/federation/messages.js";
import { poolTransport } from "../../src/federation/pool-transport.js";
import type { BlocksCall } from "../../src/federation/training-functions.js";
import type { CallOptions, Installation, WorkerFunction, WorkerPool } from "../../src/workers/worker-pool.js";
import { networkOf } from "../support/networks.js";

/** Two parameters, and enough work for a message a block. */
const tasks = cutIntoBlocks({
  setup: "run",
  round: 0,
  network: networkOf({ dimension: 1, noiseFeatures: 0, hidden: [] }),
  batchSize: 2 ** 30,
  parameters: Float32Array.of(1, 2),
  assignments: Array.from({ length: 4 }, (_, client) => ({ client, mask: { kind: "full" }, localSteps: 1, weight: 1 })),
  nonFinite: "stop",
});

/** A pool whose calls a test answers by hand, in any order; an aborted call is rejected. */
class ManualPool implements WorkerPool {
  readonly name = "manual";
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

function begin(signal?: AbortSignal) {
  const pool = new ManualPool();
  const updates = poolTransport(pool).run(tasks, signal)[Symbol.asyncIterator]();
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
    const updates = poolTransport(pool)
      .run(tasks.map((task) => ({ ...task, flops: 1 })))
      [Symbol.asyncIterator]();
    const first = updates.next();
    expect(pool.calls.map(({ input }) => (input as BlocksCall).blocks.map(({ block }) => block))).toEqual([
      [0, 1, 2, 3],
    ]);
    pool.calls[0].resolve([0, 1, 2, 3].map(updateOf));
    const all = [await first, await updates.next(), await updates.next(), await updates.next(), await updates.next()];
    expect(all.map(({ value }) => value?.block)).toEqual([0, 1, 2, 3, undefined]);
  });

  it("sends the round's parameters once, not with each block, and takes them back", async () => {
    const { pool, updates, first } = begin();
    expect([...pool.installed.values()]).toMatchObject([{ parameters: tasks[0].parameters }]);
    for (const { input } of pool.calls) expect(input).not.toHaveProperty("parameters");
    pool.calls[0].resolve([updateOf(0)]);
    await first;
    await updates.return?.();
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
    const late = poolTransport(new ManualPool()).run(tasks, aborter.signal)[Symbol.asyncIterator]();
    await expect(late.next()).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
  });
});
