import { beforeEach, describe, expect, it } from "vitest";
import type { Engine } from "../../src/kernels/index.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import type { WorkerFunction } from "../../src/workers/worker-pool.js";
import { simdEngine } from "../support/engines.js";

let engine: Engine;
let pool: InThreadPool;
beforeEach(async () => {
  engine = await simdEngine();
  pool = new InThreadPool(engine);
});

const double: WorkerFunction<number, number> = { name: "double", run: (_engine, input) => 2 * input };

/** Keeps the thread for a while. */
const spin: WorkerFunction<number, number> = {
  name: "spin",
  run(_engine, milliseconds) {
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
    return milliseconds;
  },
};

describe("InThreadPool", () => {
  it("refuses a function that is async, as workers do", async () => {
    const later: WorkerFunction<number, Promise<number>> = { name: "later", run: async (_engine, input) => input };
    await expect(pool.call(later, 1)).rejects.toMatchObject({
      code: "FEDSCORE_WORKER",
      message: "later must not be async: its run gave a Promise in place of a value",
    });
  });

  it("runs calls in order with the caller's engine", async () => {
    const order: number[] = [];
    const record: WorkerFunction<number, Engine> = {
      name: "record",
      run(given, input) {
        order.push(input);
        return given;
      },
    };
    const engines = await Promise.all([1, 2, 3].map((input) => pool.call(record, input)));
    expect(order).toEqual([1, 2, 3]);
    expect(engines.every((given) => given === engine)).toBe(true);
    expect([pool.name, pool.size]).toEqual(["in-thread", 1]);
  });

  it("hands on what a function throws, and goes on", async () => {
    const fail: WorkerFunction<null, never> = {
      name: "fail",
      run() {
        throw new RangeError("no");
      },
    };
    await expect(pool.call(fail, null)).rejects.toThrow(new RangeError("no"));
    expect(await pool.call(double, 4)).toBe(8);
  });

  it("lets the thread breathe between calls, so that an abort is heard", async () => {
    const aborter = new AbortController();
    setTimeout(() => aborter.abort(), 0);
    const calls = Array.from({ length: 20 }, () => pool.call(spin, 30, { signal: aborter.signal }));
    const ends = await Promise.allSettled(calls);
    const stopped = ends.filter(({ status }) => status === "rejected");
    expect(stopped.length).toBeGreaterThan(15);
    expect(stopped.at(-1)).toMatchObject({ reason: { code: "FEDSCORE_ABORTED" } });
  });

  it("installs at once, replaces what has the same key, and uninstalls at the end", async () => {
    const present: string[] = [];
    const open: WorkerFunction<string, void> = { name: "open", run: (_engine, input) => void present.push(input) };
    const close: WorkerFunction<string, void> = {
      name: "close",
      run: (_engine, key) =>
        void present.splice(
          present.findIndex((entry) => entry.startsWith(key)),
          1,
        ),
    };
    pool.install("a", { open, close, input: "a1" });
    pool.install("b", { open, close, input: "b1" });
    pool.install("a", { open, close, input: "a2" });
    expect(present).toEqual(["b1", "a2"]);
    pool.uninstall("b");
    pool.uninstall("b");
    expect(present).toEqual(["a2"]);
    await pool.close();
    await pool.close();
    expect(present).toEqual([]);
    await expect(pool.call(double, 1)).rejects.toThrow("the worker pool is closed");
  });
});
