/** Worker threads cannot load TypeScript, so this test runs the built package. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { createEngine, type Engine, openPool } from "fedscore";
import { ComlinkPool, type ComlinkPoolOptions, type WorkerFunction } from "fedscore/workers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { requireBuild } from "../../support/built.js";
import { faultyWorker, remote } from "../../support/faulty-worker.js";

requireBuild();

const echo: WorkerFunction<unknown, unknown> = remote("echo");
const spin: WorkerFunction<number, number> = remote("spin");
const exit: WorkerFunction<null, never> = remote("exit");
const installed: WorkerFunction<null, string[]> = remote("installed");

let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await createEngine();
  folder = mkdtempSync(join(tmpdir(), "fedscore-pool-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

let pool: ComlinkPool | undefined;
const workers: Worker[] = [];
const exits: Promise<unknown>[] = [];
afterEach(async () => {
  await pool?.close();
  pool = undefined;
  workers.length = 0;
  exits.length = 0;
});

async function start(options: ComlinkPoolOptions = {}, workerData: object = {}): Promise<ComlinkPool> {
  const createWorker = () => {
    const worker = new Worker(faultyWorker, { workerData });
    workers.push(worker);
    exits.push(new Promise((resolve) => worker.once("exit", resolve)));
    return worker;
  };
  pool = await ComlinkPool.start(engine, { workers: 1, createWorker, ...options });
  return pool;
}

describe("ComlinkPool", () => {
  it("says what it is, answers each call with its own result, and moves on to idle workers", async () => {
    const two = await start({ workers: 2 });
    expect([two.name, two.size]).toEqual(["comlink (2 worker threads)", 2]);
    const inputs = Array.from({ length: 40 }, (_, i) => ({ i, floats: Float32Array.of(i, -i) }));
    expect(await Promise.all(inputs.map((input) => two.call(echo, input)))).toEqual(inputs);
    const long = two.call(spin, 400);
    const short = await Promise.all([two.call(echo, 1), two.call(echo, 2), two.call(echo, 3)]);
    expect(short).toEqual([1, 2, 3]);
    expect(await Promise.race([long, Promise.resolve("still running")])).toBe("still running");
  });

  it("hands on what a function throws, with code and details", async () => {
    const one = await start();
    await expect(one.call(remote("refuse"), null)).rejects.toMatchObject({
      name: "FedscoreError",
      code: "FEDSCORE_NON_FINITE",
      message: "round 3: nothing is finite",
      details: { round: 3 },
    });
    await expect(one.call(remote("misbehave"), null)).rejects.toMatchObject({
      code: "FEDSCORE_WORKER",
      message: "misbehave failed in a worker: TypeError: undefined is not a function",
    });
    await expect(one.call(remote("absent"), null)).rejects.toMatchObject({ code: "FEDSCORE_WORKER" });
    await expect(one.call(remote("unclonable"), null)).rejects.toThrow("Unserializable return value");
    await expect(one.call(echo, () => 1)).rejects.toThrow("could not be cloned");
    expect(await one.call(echo, "the worker lives on")).toBe("the worker lives on");
    expect(workers).toHaveLength(1);
  });

  it("refuses a function that is async", async () => {
    await expect((await start()).call(remote("later"), null)).rejects.toMatchObject({
      code: "FEDSCORE_WORKER",
      message: expect.stringContaining("later must not be async: its run gave a Promise in place of a value"),
    });
  });

  it("replaces a worker that exits and runs its call again", async () => {
    const one = await start();
    const flag = join(folder, "exit-once");
    expect(await one.call(remote("exitOnce"), flag)).toBe("second worker");
    expect(workers).toHaveLength(2);
  });

  it("replaces a worker that was terminated, while idle and while it runs", async () => {
    const one = await start();
    await workers[0].terminate();
    expect(await one.call(echo, "after idle death")).toBe("after idle death");
    const running = one.call(spin, 300);
    setTimeout(() => void workers[1].terminate(), 50);
    expect(await running).toBe(300);
    expect(workers).toHaveLength(3);
  });

  it("replaces a worker with an uncaught error", async () => {
    const one = await start();
    expect(await one.call(remote("crashLater"), null)).toBe("answered before the crash");
    await exits[0];
    expect(await one.call(echo, "alive")).toBe("alive");
    expect(workers.length).toBeGreaterThan(1);
  });

  it("gives up after maxReruns, with the cause", async () => {
    const one = await start({ maxReruns: 2 });
    await expect(one.call(exit, null)).rejects.toMatchObject({
      code: "FEDSCORE_WORKER",
      message: "exit failed: its worker was lost 3 times, the last time because the worker exited with code 3",
      details: { losses: 3 },
      cause: new Error("the worker exited with code 3"),
    });
    expect(workers).toHaveLength(3);
    expect(await one.call(echo, "others go on")).toBe("others go on");
  });

  it("does not blame a call for the end of the worker that it was waiting at", async () => {
    const one = await start({ maxReruns: 0 });
    const fatal = one.call(exit, null, { ahead: true });
    const waiting = [1, 2, 3].map((value) => one.call(echo, value, { ahead: true }));
    await expect(fatal).rejects.toMatchObject({ details: { losses: 1 } });
    expect(await Promise.all(waiting)).toEqual([1, 2, 3]);
    expect(workers).toHaveLength(2);
  });

  it("leaves a running call alone when the one that waits behind it is aborted", async () => {
    const one = await start({ maxReruns: 0 });
    const aborter = new AbortController();
    const running = one.call(spin, 200, { ahead: true });
    const waiting = one.call(spin, 60_000, { ahead: true, signal: aborter.signal });
    const last = one.call(echo, "last", { ahead: true });
    setTimeout(() => aborter.abort(), 50);
    await expect(waiting).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
    expect(await running).toBe(200);
    expect(await last).toBe("last");
  });

  it("gives installations to every worker, present and future, once", async () => {
    const one = await start();
    const [open, close] = [remote("install"), remote("uninstall")];
    one.install("a", { open, close, input: "a" });
    one.install("b", { open, close, input: "b" });
    expect(await one.call(installed, null)).toEqual(["a", "b"]);
    await workers[0].terminate();
    expect(await one.call(installed, null)).toEqual(["a", "b"]);
    one.uninstall("a");
    one.uninstall("never there");
    expect(await one.call(installed, null)).toEqual(["b"]);
    one.install("b", { open, close, input: "b again" });
    expect(await one.call(installed, null)).toEqual(["b again"]);
  });

  it("stops aborted calls at once, queued and running, and goes on afterwards", async () => {
    const one = await start();
    const aborter = new AbortController();
    const begin = performance.now();
    const calls = [spin, spin, spin].map((job) => one.call(job, 60_000, { signal: aborter.signal }));
    const bystander = one.call(echo, "bystander");
    setTimeout(() => aborter.abort(new Error("enough")), 50);
    for (const call of calls) {
      await expect(call).rejects.toMatchObject({ code: "FEDSCORE_ABORTED", cause: new Error("enough") });
    }
    expect(await bystander).toBe("bystander");
    expect(performance.now() - begin).toBeLessThan(10_000);
    await expect(one.call(echo, 1, { signal: aborter.signal })).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
  });

  it("rejects calls under way when it is closed, and may be closed again", async () => {
    const one = await start();
    const calls = [one.call(spin, 60_000), one.call(echo, 1)];
    const ends = calls.map((call) => expect(call).rejects.toThrow("the worker pool is closed"));
    await Promise.all([one.close(), one.close(), ...ends]);
    await one.close();
    await expect(one.call(echo, 1)).rejects.toThrow("the worker pool is closed");
  });

  it("says why workers cannot start", async () => {
    const missing = () => new Worker(new URL("./fixtures/missing.mjs", import.meta.url));
    await expect(start({ createWorker: missing })).rejects.toMatchObject({
      code: "FEDSCORE_WORKER",
      message: expect.stringMatching(/^a worker could not start: Cannot find module .*missing\.mjs/),
    });
    const broken = () => {
      throw new Error("blocked by a policy");
    };
    await expect(start({ createWorker: broken })).rejects.toThrow(
      "a worker could not start: no worker could be created: blocked by a policy",
    );
    await expect(start({ readyTimeout: 200 }, { neverReady: true })).rejects.toThrow(
      "the worker was not ready after 200 ms",
    );
    await expect(start({ workers: 0 })).rejects.toThrow("workers must be an integer in [1, 1024], got 0");
  });

  it("starts workers of its own where none are given", async () => {
    pool = await ComlinkPool.start(engine, { workers: 2 });
    await expect(pool.call(echo, 1)).rejects.toThrow(/it knows .*training.open, training.close/);
  });

  it("lets the process end after close(), without unhandled rejections, also after an abort", async () => {
    const script = fileURLToPath(new URL("./fixtures/abort-and-exit.mjs", import.meta.url));
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], { timeout: 20_000 });
    expect(stdout).toBe("aborted FEDSCORE_ABORTED\nclosed\n");
    expect(stderr).toBe("");
  });

  it("lets the process end where close() was forgotten, but not before its calls have", async () => {
    const script = fileURLToPath(new URL("./fixtures/forgets-close.mjs", import.meta.url));
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], { timeout: 20_000 });
    expect(stdout).toBe("FEDSCORE_INVALID_TYPE\ndone\n");
    expect(stderr).toBe("");
  });

  it.each([undefined, null, 3, {}, { postMessage() {} }])("refuses %s as a worker", async (made) => {
    const starting = ComlinkPool.start(engine, { workers: 1, createWorker: () => made as never });
    await expect(starting).rejects.toMatchObject({
      code: "FEDSCORE_WORKER",
      message: expect.stringContaining("createWorker()"),
    });
  });

  it.each(["nothing", "else"])("refuses the answer of a worker that answers with %s", async (answer) => {
    const channel = () =>
      new Worker(new URL("./fixtures/foreign-worker.mjs", import.meta.url), { workerData: { answer } });
    await expect(
      ComlinkPool.start(engine, { workers: 1, createWorker: channel, readyTimeout: 5000 }),
    ).rejects.toMatchObject({
      code: "FEDSCORE_WORKER",
      message: expect.stringContaining("it must run serve() of the same version"),
    });
  });

  it("waits for a silent worker once, and says what to do", async () => {
    let made = 0;
    const createWorker = () => {
      made++;
      return new Worker("setInterval(() => {}, 1000)", { eval: true });
    };
    await expect(openPool(engine, { workers: 1, createWorker, readyTimeout: 200 })).rejects.toMatchObject({
      code: "FEDSCORE_WORKER",
      message: expect.stringMatching(/was not ready after 200 ms: .*serve\(\).*readyTimeout/),
    });
    expect(made).toBe(1);
    const started = performance.now();
    const own = await openPool(engine, { workers: 1, readyTimeout: 1 });
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(own.name).toMatch(/^in-thread \(no workers: .*not ready after 1 ms/);
    await own.close();
  });

  it("starts workers from scripts without a file, with the process's V8 flags", async () => {
    const script = `import { createEngine, openPool } from "fedscore";
      const pool = await openPool(await createEngine({ variant: "relaxed" }), { workers: 1 });
      console.log(pool.name);
      await pool.close();`;
    // What this process supports says nothing: other tests switch it on here.
    const flags = process.version.startsWith("v20.") ? ["--experimental-wasm-relaxed-simd"] : [];
    const options = [...flags, "--input-type=module", "--eval", script];
    const { stdout } = await promisify(execFile)(process.execPath, options, {
      cwd: fileURLToPath(new URL(".", import.meta.url)),
      timeout: 20_000,
    });
    expect(stdout).toBe("comlink (1 worker thread)\n");
  });
});
