import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  clientBytes,
  type LargestClient,
  requireClientMemory,
  trainingBytes,
} from "../../src/federation/client-memory.js";
import { createFederation } from "../../src/federation/federation.js";
import { completeOptions, type FederationOptions } from "../../src/federation/options.js";
import { poolTransport } from "../../src/federation/pool-transport.js";
import { createEngine, type Engine } from "../../src/kernels/index.js";
import { layoutOf } from "../../src/network/spec.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";
import { networkOf } from "../support/networks.js";

const engine = await simdEngine();

function optionsOf(given: Partial<FederationOptions>, rows: number, worker: Engine): FederationOptions {
  const { dimension = 2 } = given.network ?? {};
  return {
    network: networkOf({ dimension: 2 }),
    points: Float32Array.from({ length: rows * dimension }, (_, i) => Math.sin(i)),
    clients: [{ rows: Uint32Array.from({ length: rows }, (_, row) => row) }],
    rounds: 1,
    localSteps: 1,
    transport: poolTransport(new InThreadPool(worker)),
    ...given,
  };
}

const cases = fc.record({
  hidden: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 3 }),
  dimension: fc.integer({ min: 1, max: 40 }),
  noiseFeatures: fc.integer({ min: 1, max: 40 }).map((half) => 2 * half),
  batchSize: fc.integer({ min: 1, max: 600 }),
  kind: fc.constantFrom("sgd" as const, "momentum" as const, "adam" as const),
  count: fc.integer({ min: 2, max: 3000 }),
  rows: fc.integer({ min: 1, max: 3000 }),
  noiseDraws: fc.option(fc.integer({ min: 1, max: 2 })),
});

describe("the memory that a client takes", () => {
  it("is what its training allocates: never more, and at most 64 KB and the computation of its levels less", async () => {
    await fc.assert(
      fc.asyncProperty(
        cases,
        async ({ hidden, dimension, noiseFeatures, batchSize, kind, count, noiseDraws, ...given }) => {
          const privacy = noiseDraws === null ? undefined : { clipNorm: 1, noiseMultiplier: 1, noiseDraws };
          const rows = privacy ? Math.max(batchSize, given.rows) : given.rows;
          const worker = await createEngine({ variant: "simd" });
          const network = networkOf({ dimension, hidden, noiseFeatures });
          const training = { optimizer: { kind }, batchSize, levels: { count }, privacy };
          const options = optionsOf({ network, training }, rows, worker);
          const run = createFederation(worker, options);
          const before = worker.arena.used;
          for await (const _ of run.train());
          const client = { network, training: run.options.training, whole: true, rows, rowsArgument: "rows" };
          const estimate = trainingBytes(worker, client);
          expect(clientBytes(worker, client)).toBe(estimate + 4 * rows * dimension);
          const used = worker.arena.peak - before;
          expect(estimate).toBeLessThanOrEqual(used);
          // The levels themselves are computed in 40 bytes each before a small client trains.
          expect(estimate).toBeGreaterThan(used - 65536 - 40 * count);
        },
      ),
      { numRuns: 40 },
    );
  });

  const { training } = completeOptions(optionsOf({}, 4, engine));
  const client = (overrides: Partial<LargestClient>): LargestClient => ({
    network: networkOf(),
    training,
    whole: true,
    rows: 10,
    rowsArgument: "clients[0].rows",
    ...overrides,
  });
  const refusals: readonly (readonly [RegExp, Partial<LargestClient>])[] = [
    [
      /^network.hidden must give the network at most \d+ parameters, .*4 GiB.*, got 900\d{6}$/,
      { network: networkOf({ hidden: [30000, 30000] }) },
    ],
    [
      /^training.batchSize must be at most \d+, .*, got 65536$/,
      { network: networkOf({ hidden: [9000] }), training: { ...training, batchSize: 65536 } },
    ],
    [
      /^training.levels.count must be at most \d+, .*, got 1000000$/,
      {
        network: networkOf({ noiseFeatures: 4096 }),
        training: { ...training, levels: { spacing: "time", count: 1e6 } },
      },
    ],
    [
      /^clients\[0\].rows must give a client at most \d+ rows where its records are protected, .*, got 2000000000$/,
      {
        rows: 2e9,
        training: { ...training, privacy: { clipNorm: 1, noiseMultiplier: 1, noiseDraws: 1, reproducible: false } },
      },
    ],
  ];
  it.each(refusals)("is refused as %s, with the most that fits", (message, overrides) => {
    expect(() => requireClientMemory(engine, client(overrides))).toThrow(message);
  });

  it("of a batch is named with a number that fits", () => {
    const network = networkOf({ hidden: [9000] });
    const big = client({ network, training: { ...training, batchSize: 65536 } });
    let message = "";
    try {
      requireClientMemory(engine, big);
    } catch (error) {
      message = String(error);
    }
    const most = Number(/at most (\d+)/.exec(message)?.[1]);
    requireClientMemory(engine, client({ network, training: { ...training, batchSize: most } }));
    expect(() =>
      requireClientMemory(engine, client({ network, training: { ...training, batchSize: Math.ceil(most * 1.1) } })),
    ).toThrow("training.batchSize");
    expect(layoutOf(network).size).toBeLessThan(1e6);
  });
});
