/** Workers that take the next call while they compute. Their threads run the built package. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { natsPool } from "../../src/remote/nats-pool.js";
import { serveNats } from "../../src/remote/serve-nats.js";
import type { WorkerFunction } from "../../src/workers/worker-pool.js";
import { requireBuild } from "../support/built.js";
import { listenToDeliveries } from "../support/deliveries.js";
import { faultyWorker, remote } from "../support/faulty-worker.js";
import { NatsServer, noServer, skipped } from "../support/nats-server.js";

requireBuild();

const sleep: WorkerFunction<number, number> = remote("sleep");
const workerProcess = fileURLToPath(new URL("fixtures/worker-process.mjs", import.meta.url));

describe.skipIf(noServer !== undefined)(`workers that take the next call ahead${skipped}`, () => {
  let server: NatsServer;
  let spy: NatsConnection;

  beforeAll(async () => {
    server = await NatsServer.start();
    spy = await connect({ servers: server.url });
  });
  afterAll(async () => {
    await spy.close();
    await server.remove();
  });

  /** Most calls that one worker of one place had at a time, of calls of so many milliseconds one behind the other. */
  async function mostHeld(milliseconds: number, calls: number): Promise<number> {
    const leaving = new AbortController();
    const serving = serveNats({
      ...{ server: server.url, threads: 1, signal: leaving.signal },
      createWorker: () => new Worker(faultyWorker),
    });
    const pool = await natsPool({ server: server.url });
    try {
      const deliveries = await listenToDeliveries(spy);
      let [answered, most] = [0, 0];
      const results = spy.subscribe("fedscore.results.*.*", { callback: () => void answered++ });
      const looking = setInterval(() => {
        most = Math.max(most, deliveries.size - answered);
      }, 5);
      const answers = Array.from({ length: calls }, () => pool.call(sleep, milliseconds));
      expect(await Promise.all(answers)).toEqual(answers.map(() => milliseconds));
      clearInterval(looking);
      results.unsubscribe();
      expect([...deliveries.values()]).toEqual(answers.map(() => [1]));
      return most;
    } finally {
      await pool.close();
      leaving.abort();
      await serving;
    }
  }

  it("have two where calls are short", async () => {
    expect(await mostHeld(60, 8)).toBe(2);
  });

  it("have one where another worker might be free before it ends", async () => {
    expect(await mostHeld(300, 3)).toBe(1);
  });

  it("lose no other call with one that kills their process as often as it may", { tags: ["slow"] }, async () => {
    let [isOver, deaths] = [false, 0];
    const keepAlive = async () => {
      for (; !isOver; deaths++) {
        const child = fork(workerProcess, [server.url]);
        const stop = setInterval(() => isOver && child.kill("SIGKILL"), 50);
        await once(child, "exit");
        clearInterval(stop);
      }
    };
    const workers = [keepAlive(), keepAlive()];
    const pool = await natsPool({ server: server.url, ackWait: 1000, tries: 2, minimumWorkers: 2 });
    const deliveries = await listenToDeliveries(spy);
    try {
      // Before it and after it the worker knows that calls are short, and asks ahead.
      const times = Array.from({ length: 40 }, (_, index) => 30 + index);
      const before = times.slice(0, 6).map((time) => pool.call(sleep, time));
      const poison = expect(pool.call(remote("killProcess"), 60)).rejects.toMatchObject({
        ...{ code: "FEDSCORE_WORKER", message: "killProcess failed: its worker was lost 2 times" },
      });
      const behind = times.slice(6).map((time) => pool.call(sleep, time));
      await poison;
      expect(await Promise.all([...before, ...behind])).toEqual(times);
      // One call waited behind it at the first death, none at the second.
      const again = [...deliveries.values()].filter(({ length }) => length > 1);
      expect(again.toSorted((a, b) => a.length - b.length)).toEqual([
        [1, 2],
        [1, 2, 3],
      ]);
      expect(deaths).toBe(2);
    } finally {
      isOver = true;
      await pool.close();
      await Promise.all(workers);
    }
  });
});
