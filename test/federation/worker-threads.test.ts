/** Federations over real worker threads. They cannot load TypeScript, so this test runs the built package. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import {
  createEngine,
  createFederation,
  type Engine,
  type Federation,
  type FederationOptions,
  openPool,
  poolTransport,
  type RoundReport,
  type Transport,
  type WorkerPool,
} from "fedscore";
import { aggregations, clientRules, encodings, replayTransport } from "fedscore/federation";
import { maskFamilies } from "fedscore/pruning";
import { ComlinkPool, type ComlinkPoolOptions, InThreadPool } from "fedscore/workers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { SharedBlocksCall } from "../../src/federation/training-tasks.js";
import { requireBuild } from "../support/built.js";

requireBuild();

let engine: Engine;
let folder: string;
let expected: Federation;
beforeAll(async () => {
  engine = await createEngine();
  folder = mkdtempSync(join(tmpdir(), "fedscore-federation-"));
  expected = federate(poolTransport(new InThreadPool(engine)));
  await finish(expected);
});
afterAll(() => rmSync(folder, { recursive: true }));

const transports: Transport[] = [];
afterEach(async () => {
  await Promise.all(transports.splice(0).map((transport) => transport.close()));
});

/** The calls of a pool, and the pool as of a place where threads share memory or do not. */
function watched(pool: WorkerPool, sharesMemory: boolean) {
  const calls: { name: string; input: unknown }[] = [];
  const same: WorkerPool = {
    name: pool.name,
    size: pool.size,
    sharesMemory,
    call(job, input, options) {
      calls.push({ name: job.name, input });
      return pool.call(job, input, options);
    },
    install: (key, installation) => pool.install(key, installation),
    uninstall: (key) => pool.uninstall(key),
    close: () => pool.close(),
  };
  return { pool: same, calls };
}

async function startOn(sharesMemory: boolean, options: ComlinkPoolOptions) {
  const started = await ComlinkPool.start(engine, options);
  expect(started.sharesMemory).toBe(true);
  const { pool, calls } = watched(started, sharesMemory);
  const transport = poolTransport(pool);
  transports.push(transport);
  return { transport, calls };
}

/** 12 clients of four capacities, 9 a round, 3 rounds of real training. */
function federate(transport: Transport, overrides: Partial<FederationOptions> = {}): Federation {
  return createFederation(engine, {
    network: {
      dimension: 2,
      hidden: [24, 24],
      activation: "silu",
      residual: true,
      noiseFeatures: 8,
      parameterization: "eps",
      sigmaData: 1,
    },
    schedule: { kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 },
    training: {
      batchSize: 32,
      optimizer: { kind: "adam", learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
      weighting: "simple",
      levels: { count: 100, spacing: "time" },
    },
    points: Float32Array.from({ length: 480 }, (_, i) => ((i * 37) % 101) / 50 - 1),
    clients: Array.from({ length: 12 }, (_, id) => ({
      rows: Uint32Array.from({ length: 20 }, (_, row) => 20 * id + row),
      keepRatio: [1, 0.5, 0.25, 0.125][id % 4],
    })),
    maskFamily: maskFamilies.rolling,
    rounds: 3,
    localSteps: 3,
    participation: 0.75,
    weighting: "samples",
    server: { kind: "fedavgm", learningRate: 0.9, momentum: 0.5 },
    ema: 0.9,
    nonFinite: "stop",
    seed: 11,
    transport,
    ...overrides,
  });
}

const fast = { flopsPerSecond: 1e9, memoryBytes: 1e9, uplink: 1e6, downlink: 1e6 };
/** One of three is late where there is a second. */
const fleet = [
  { name: "fast", share: 2, ...fast },
  { name: "slow", ...fast, uplink: 2e3, availability: 0.8 },
];

/** What rounds may be besides plain, each a federation of its own. */
const variations: Readonly<Record<string, Partial<FederationOptions>>> = {
  ...variation("client rule", clientRules, ({ kind }) => ({ clientRule: { kind } })),
  ...variation("updates sent as", encodings, ({ kind }) => ({ encoding: { kind }, downlink: "bfloat16" })),
  ...variation("aggregation under attack:", aggregations, ({ kind }) => ({
    aggregation: { kind },
    attack: { kind: "scaled-noise", clients: 3 },
    weighting: "uniform",
  })),
  "levels that are drawn by losses": {
    training: { batchSize: 32, levels: { count: 100, distribution: { kind: "importance", bins: 10 } } },
  },
  "private records": {
    training: { batchSize: 8, privacy: { clipNorm: 1, noiseMultiplier: 1, noiseDraws: 2, reproducible: true } },
  },
  "private clients": {
    privacy: { clipNorm: 0.1, noiseMultiplier: 1, adaptive: {}, reproducible: true },
    ...{ nonFinite: "drop", weighting: "uniform" },
  },
  "clients that are late": { devices: { profiles: fleet, deadline: 1 } },
  "asynchronous rounds": {
    devices: { profiles: fleet },
    asynchronous: { bufferSize: 3, concurrency: 7 },
    participation: 1,
  },
};

/** One for each member of a family. */
function variation<Kind extends string>(
  name: string,
  family: Readonly<Record<Kind, { readonly kind: Kind }>>,
  overrides: (member: { readonly kind: Kind }) => Partial<FederationOptions>,
): Readonly<Record<string, Partial<FederationOptions>>> {
  const members = Object.values<{ readonly kind: Kind }>(family);
  return Object.fromEntries(members.map((member) => [`${name} ${member.kind}`, overrides(member)]));
}

/** Nine that are quick, and client 0, who is not. */
function slow(transport: Transport, overrides: Partial<FederationOptions> = {}): Federation {
  const rows = (id: number) => Uint32Array.from({ length: 20 }, (_, row) => 20 * id + row);
  const clients = Array.from({ length: 9 }, (_, id) => ({ rows: rows(id), localSteps: id === 0 ? 5_000_000 : 2 }));
  return federate(transport, { clients, participation: 1, rounds: 2, ...overrides });
}

async function finish(federation: Federation): Promise<RoundReport[]> {
  const reports: RoundReport[] = [];
  for await (const report of federation.train()) reports.push(report);
  return reports;
}

const mortal = (workerData: object) => () =>
  new Worker(new URL("./fixtures/mortal-worker.mjs", import.meta.url), { workerData });

describe.each([
  { sharesMemory: true, over: "shared memory" },
  { sharesMemory: false, over: "messages" },
])("a federation over worker threads, $over", ({ sharesMemory }) => {
  const start = async (options: ComlinkPoolOptions) => (await startOn(sharesMemory, options)).transport;

  it("sends parameters and sums as it should", async () => {
    const { transport, calls } = await startOn(sharesMemory, { workers: 2 });
    await finish(federate(transport));
    expect(new Set(calls.map(({ name }) => name))).toEqual(
      new Set([sharesMemory ? "trainBlocksShared" : "trainBlocks"]),
    );
    if (!sharesMemory) return;
    const inputs = calls.map(({ input }) => input as SharedBlocksCall);
    // One memory for the parameters of all rounds; memory for sums is used again.
    expect(new Set(inputs.map(({ parameters }) => parameters.buffer)).size).toBe(1);
    expect(calls.length).toBeGreaterThanOrEqual(6);
    expect(new Set(inputs.map(({ slot }) => slot.buffer)).size).toBeLessThan(calls.length);
  });

  it("gives the same bytes for 1, 2 and 5 workers as in this thread", { tags: ["slow"] }, async () => {
    for (const workers of [1, 2, 5]) {
      const federation = federate(await start({ workers }));
      const reports = await finish(federation);
      expect(federation.parameters).toEqual(expected.parameters);
      expect(federation.checkpoint()).toEqual(expected.checkpoint());
      expect(reports.every(({ loss = 0, clients }) => loss > 0 && clients.length === 9)).toBe(true);
    }
    expect(expected.samplingParameters).not.toEqual(expected.parameters);
  });

  describe("gives over 2 workers the same bytes as in this thread", () => {
    let transport: Transport;
    beforeAll(async () => {
      transport = poolTransport(watched(await ComlinkPool.start(engine, { workers: 2 }), sharesMemory).pool);
    });
    afterAll(() => transport.close());

    it.each(Object.entries(variations))("%s", async (_, overrides) => {
      const here = federate(poolTransport(new InThreadPool(engine)), overrides);
      await finish(here);
      const federation = federate(transport, overrides);
      await finish(federation);
      expect(federation.checkpoint()).toEqual(here.checkpoint());
    });
  });

  it("gives the same residuals when a worker exits in mid-round", { tags: ["slow"] }, async () => {
    const encoding = { kind: "top-k", share: 0.2, values: "int8" } as const;
    const here = federate(poolTransport(new InThreadPool(engine)), { encoding });
    await finish(here);
    const fatal = { round: 1, block: 4, flag: join(folder, `exit-residuals-${sharesMemory}`) };
    const federation = federate(await start({ workers: 2, createWorker: mortal({ fatal }) }), { encoding });
    await finish(federation);
    expect(federation.checkpoint()).toEqual(here.checkpoint());
  });

  it("gives the same control variates and residuals for any workers, also where one exits in mid-round", {
    tags: ["slow"],
  }, async () => {
    const overrides = { encoding: { kind: "top-k", share: 0.2 }, clientRule: { kind: "scaffold" } } as const;
    const here = federate(poolTransport(new InThreadPool(engine)), overrides);
    await finish(here);
    const fatal = { round: 2, block: 3, flag: join(folder, `exit-controls-${sharesMemory}`) };
    for (const options of [{ workers: 1 }, { workers: 2, createWorker: mortal({ fatal }) }]) {
      const federation = federate(await start(options), overrides);
      await finish(federation);
      expect(federation.checkpoint()).toEqual(here.checkpoint());
    }
  });

  it("gives the same bytes when a worker exits in mid-round", { tags: ["slow"] }, async () => {
    for (const [round, block] of [
      [0, 0],
      [1, 8],
      [2, 4],
    ]) {
      const fatal = { round, block, flag: join(folder, `exit-${round}-${sharesMemory}`) };
      const federation = federate(await start({ workers: 2, createWorker: mortal({ fatal }) }));
      await finish(federation);
      expect(federation.parameters).toEqual(expected.parameters);
    }
  });

  it("gives the same bytes when workers are terminated in mid-round", async () => {
    const workers: Worker[] = [];
    const createWorker = () => {
      const worker = mortal({})();
      workers.push(worker);
      return worker;
    };
    const federation = federate(await start({ workers: 2, createWorker }));
    const running = federation.train();
    for (let round = 0; round < 3; round++) {
      const report = running.next();
      await new Promise((resolve) => setImmediate(resolve));
      await workers.at(-1)?.terminate();
      await report;
    }
    await running.return();
    expect(workers.length).toBeGreaterThan(3);
    expect(federation.parameters).toEqual(expected.parameters);
  });

  it("stops promptly when it is aborted in mid-round, and goes on to the same bytes", async () => {
    const transport = await start({ workers: 2 });
    const aborter = new AbortController();
    const slow = federate(transport, { localSteps: 1_000_000 });
    setTimeout(() => aborter.abort(), 100);
    const begin = performance.now();
    await expect(slow.train({ signal: aborter.signal }).next()).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
    expect(performance.now() - begin).toBeLessThan(5_000);

    const second = new AbortController();
    const aborting: Transport = {
      ...transport,
      async *run(task, signal) {
        for await (const update of transport.run(task, signal)) {
          if (update.round === 1) second.abort();
          yield update;
        }
      },
    };
    const federation = federate(aborting);
    const running = federation.train({ signal: second.signal });
    await running.next();
    await expect(running.next()).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
    expect(federation.round).toBe(1);
    await finish(federation);
    expect(federation.parameters).toEqual(expected.parameters);
  });

  it("runs several federations over the same workers at the same time", async () => {
    const transport = await start({ workers: 2 });
    const [one, two] = [federate(transport), federate(transport, { seed: 12 })];
    await Promise.all([finish(one), finish(two)]);
    expect(one.parameters).toEqual(expected.parameters);
    expect(two.parameters).not.toEqual(expected.parameters);
  });

  it("says round, client and step when training diverges, and lives on", async () => {
    const transport = await start({ workers: 2 });
    const training: FederationOptions["training"] = {
      batchSize: 32,
      optimizer: { kind: "sgd", learningRate: 1e30 },
      weighting: "simple",
      levels: { count: 10, spacing: "time" },
    };
    const error = await finish(federate(transport, { training })).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "FEDSCORE_NON_FINITE", details: { round: 0, step: expect.any(Number) } });
    expect(String(error)).toMatch(/round 0: client \d+ /);
    const federation = federate(transport);
    await finish(federation);
    expect(federation.parameters).toEqual(expected.parameters);
  });
});

describe("a federation without worker threads", () => {
  it("falls back to this thread where no worker can be made, and says so", async () => {
    expect((await openPool(engine, { workers: 0 })).name).toBe("in-thread");
    const pool = await openPool(engine, { workers: 1, readyTimeout: 1e-3 });
    expect(pool.name).toMatch(/^in-thread \(no workers: a worker could not start: the worker was not ready/);
    const federation = federate(poolTransport(pool));
    await finish(federation);
    expect(federation.parameters).toEqual(expected.parameters);
    const broken = () => {
      throw new Error("blocked by a policy");
    };
    await expect(openPool(engine, { createWorker: broken })).rejects.toThrow("a worker could not start");
  });
});

describe("a round that is closed", () => {
  it.each([true, false])(
    "at its goal waits for nobody else, and ends who is late (shared memory: %s)",
    async (shared) => {
      const { transport } = await startOn(shared, { workers: 2 });
      const federation = slow(transport, { aggregationGoal: 8 });
      const reports = await finish(federation);
      for (const { absent, clients } of reports) {
        expect(absent).toMatchObject([{ client: 0, reason: "late" }]);
        expect(clients.map(({ client }) => client)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      }
      const again = slow(replayTransport(poolTransport(new InThreadPool(engine)), reports));
      await finish(again);
      expect(again.checkpoint()).toEqual(federation.checkpoint());
    },
  );

  it("at its deadline, too", async () => {
    const { transport } = await startOn(true, { workers: 2 });
    const [report] = await finish(slow(transport, { deadline: 1, rounds: 1 }));
    expect(report.absent).toContainEqual({ client: 0, reason: "late", parameters: expect.any(Number) });
    expect(report.seconds).toBeGreaterThan(0.9);
  });
});
