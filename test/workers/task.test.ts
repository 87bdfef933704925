import { beforeEach, describe, expect, it } from "vitest";
import type { Engine } from "../../src/kernels/index.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { defineKept, keep } from "../../src/workers/kept.js";
import { defineTask, hold } from "../../src/workers/task.js";
import { simdEngine } from "../support/engines.js";

let engine: Engine;
let pool: InThreadPool;
beforeEach(async () => {
  engine = await simdEngine();
  pool = new InThreadPool(engine);
});

/** Counts from a number. */
const counter = defineTask({
  name: "counter",
  open: (_engine, from: number) => ({ next: from }),
  run(_engine, state, by: number) {
    state.next += by;
    return state.next;
  },
});

describe("hold", () => {
  it("opens a state once and calls it as often as is asked", async () => {
    const held = hold(pool, counter, 10);
    expect([await held.call(1), await held.call(2)]).toEqual([11, 13]);
  });

  it("keeps several states of one task apart, each until it is closed", async () => {
    const [one, two] = [hold(pool, counter, 0), hold(pool, counter, 100)];
    expect([await one.call(1), await two.call(1), await one.call(1)]).toEqual([1, 101, 2]);
    one.close();
    one.close();
    await expect(one.call(1)).rejects.toMatchObject({ code: "FEDSCORE_WORKER" });
    expect(await two.call(1)).toBe(102);
  });

  it("does not share states between engines", async () => {
    const key = "counter of another engine";
    counter.kept.open.run(engine, { key, setup: 1 });
    const other = await simdEngine();
    expect(counter.kept.stateIn(engine, key)).toEqual({ next: 1 });
    expect(() => counter.kept.stateIn(other, key)).toThrow(`a call for ${key} came before its setup`);
  });

  it("hears an abort, and hands on which buffers move", async () => {
    const zeros = defineTask({
      name: "zeros",
      open: (_engine, length: number) => length,
      run: (_engine, length, _input: null) => new ArrayBuffer(length),
      transfer: (buffer) => [buffer],
    });
    const held = hold(pool, zeros, 8);
    await expect(held.call(null, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
    const buffer = await held.call(null);
    expect(zeros.call.transfer?.(buffer)).toEqual([buffer]);
  });

  it("says what a worker has to know", () => {
    expect(counter.functions.map(({ name }) => name)).toEqual(["counter.open", "counter.close", "counter"]);
  });
});

describe("keep", () => {
  it("lets tasks look at what is kept beside their own state", async () => {
    const base = defineKept({ name: "base", open: (_engine, value: number) => value });
    const adder = defineTask({
      name: "adder",
      open: (_engine, value: number) => value,
      run: (engine, value, key: string) => value + base.stateIn(engine, key),
    });
    const [kept, held] = [keep(pool, base, 40), hold(pool, adder, 2)];
    expect(await held.call(kept.key)).toBe(42);
    kept.close();
    await expect(held.call(kept.key)).rejects.toMatchObject({ code: "FEDSCORE_WORKER", details: { key: kept.key } });
  });

  it("tells those who ask for a state that could not be made, and no others", async () => {
    const broken = defineTask({
      name: "broken",
      open: (): number => {
        throw new Error("nothing to open");
      },
      run: (_engine, state) => state,
    });
    // What a worker does before its next call, whoever calls.
    expect(() => broken.kept.open.run(engine, { key: "lost", setup: undefined })).not.toThrow();
    expect(() => broken.kept.stateIn(engine, "lost")).toThrow("nothing to open");
    const [lost, good] = [hold(pool, broken, undefined), hold(pool, counter, 5)];
    expect(await good.call(1)).toBe(6);
    await expect(lost.call(undefined)).rejects.toThrow("nothing to open");
  });
});
