/** A federation and its samples by a server, with several numbers of workers. Their threads run the built package. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createFederation } from "../../src/federation/federation.js";
import { poolTransport } from "../../src/federation/pool-transport.js";
import { createEngine, type Engine } from "../../src/kernels/index.js";
import { sampleInPool } from "../../src/model/sample-in-pool.js";
import { rolling } from "../../src/pruning/families/rolling.js";
import { natsPool } from "../../src/remote/nats-pool.js";
import { serveNats } from "../../src/remote/serve-nats.js";
import { ComlinkPool } from "../../src/workers/comlink/pool.js";
import type { WorkerPool } from "../../src/workers/worker-pool.js";
import { requireBuild } from "../support/built.js";
import { NatsServer, noServer, skipped } from "../support/nats-server.js";
import { networkOf } from "../support/networks.js";

requireBuild();

const network = networkOf({ dimension: 2, hidden: [24, 24], residual: true, noiseFeatures: 8 });
const schedule = { kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 } as const;

describe.skipIf(noServer !== undefined)(`any number of workers by a server${skipped}`, () => {
  let engine: Engine;
  let server: NatsServer;
  let expected: Awaited<ReturnType<typeof outcomeIn>>;
  const leaving = new AbortController();
  const serving: Promise<void>[] = [];
  let pool: WorkerPool | undefined;

  beforeAll(async () => {
    engine = await createEngine({ variant: "simd" });
    server = await NatsServer.start();
    pool = await ComlinkPool.start(engine, { workers: 2 });
    expected = await outcomeIn(pool);
  });
  afterEach(() => pool?.close());
  afterAll(async () => {
    leaving.abort();
    await Promise.all(serving);
    await server.remove();
  });

  /** What 12 clients of four sizes make of three rounds, and samples of it. */
  async function outcomeIn(pool: WorkerPool) {
    const federation = createFederation(engine, {
      ...{ network, schedule, rounds: 3, localSteps: 3, participation: 0.75, seed: 11, maskFamily: rolling },
      points: Float32Array.from({ length: 480 }, (_, i) => ((i * 37) % 101) / 50 - 1),
      clients: Array.from({ length: 12 }, (_, id) => ({
        rows: Uint32Array.from({ length: 20 }, (_, row) => 20 * id + row),
        keepRatio: [1, 0.5, 0.25, 0.125][id % 4],
      })),
      transport: poolTransport(pool),
    });
    for await (const { loss } of federation.train()) expect(loss).toBeGreaterThan(0);
    const parameters = federation.samplingParameters.slice();
    const samples = await sampleInPool(pool, {
      ...{ network, parameters, schedule, sampler: "ancestral", denoiseLast: true, seed: 5, count: 3000 },
      grid: { kind: "uniform", steps: 4 },
    });
    return { parameters, samples };
  }

  it.each([1, 4, 8])("gives with %i of them the bytes of worker threads", async (count) => {
    while (serving.length < count) {
      const name = `worker ${serving.length}`;
      serving.push(serveNats({ server: server.url, name, threads: 1, signal: leaving.signal }));
    }
    pool = await natsPool({ server: server.url, minimumWorkers: count });
    expect(pool.size).toBe(count);
    expect(await outcomeIn(pool)).toEqual(expected);
  });
});
