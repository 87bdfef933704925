/** Web Workers of the built package, in a real page. */

import {
  createEngine,
  createFederation,
  type Engine,
  type Federation,
  type FederationOptions,
  poolTransport,
  type Transport,
} from "fedscore";
import { maskFamilies } from "fedscore/pruning";
import { ComlinkPool, InThreadPool } from "fedscore/workers";
import { beforeAll, describe, expect, it } from "vitest";

let engine: Engine;
let expected: Federation;
beforeAll(async () => {
  engine = await createEngine();
  expected = federate(poolTransport(new InThreadPool(engine)));
  await finish(expected);
});

function federate(transport: Transport, overrides: Partial<FederationOptions> = {}): Federation {
  return createFederation(engine, {
    network: {
      dimension: 2,
      hidden: [24, 24],
      activation: "silu",
      residual: false,
      noiseFeatures: 8,
      parameterization: "eps",
      sigmaData: 1,
    },
    schedule: { kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 },
    training: {
      batchSize: 32,
      optimizer: { kind: "momentum", learningRate: 1e-2, momentum: 0.9 },
      weighting: "simple",
      levels: { count: 100, spacing: "logsnr" },
    },
    points: Float32Array.from({ length: 160 }, (_, i) => ((i * 37) % 101) / 50 - 1),
    clients: Array.from({ length: 4 }, (_, id) => ({
      rows: Uint32Array.from({ length: 20 }, (_, row) => 20 * id + row),
      keepRatio: [1, 0.5, 0.25, 0.125][id],
    })),
    maskFamily: maskFamilies.rolling,
    rounds: 2,
    localSteps: 3,
    participation: 1,
    weighting: "uniform",
    server: { kind: "fedavg", learningRate: 1 },
    nonFinite: "stop",
    seed: 11,
    transport,
    ...overrides,
  });
}

async function finish(federation: Federation): Promise<void> {
  for await (const { loss } of federation.train()) expect(loss).toBeGreaterThan(0);
}

describe("a federation over Web Workers", () => {
  it("gives the same bytes for 1 and 2 workers as in the page's own thread", { tags: ["slow"] }, async () => {
    for (const workers of [1, 2]) {
      const pool = await ComlinkPool.start(engine, { workers });
      expect(pool.name).toBe(`comlink (${workers} Web Worker${workers === 1 ? "" : "s"})`);
      expect(pool.sharesMemory).toBe(globalThis.crossOriginIsolated);
      const federation = federate(poolTransport(pool));
      await finish(federation);
      await pool.close();
      expect(federation.parameters).toEqual(expected.parameters);
    }
  });

  it("stops at once when it is aborted, and goes on with new workers", async () => {
    const transport = poolTransport(await ComlinkPool.start(engine, { workers: 2 }));
    const aborter = new AbortController();
    setTimeout(() => aborter.abort(), 50);
    const slow = federate(transport, { localSteps: 1_000_000 });
    await expect(slow.train({ signal: aborter.signal }).next()).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
    const federation = federate(transport);
    await finish(federation);
    await transport.close();
    expect(federation.parameters).toEqual(expected.parameters);
  });
});
