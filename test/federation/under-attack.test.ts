import { describe, expect, it } from "vitest";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { sample } from "../../src/diffusion/sample.js";
import { ancestral } from "../../src/diffusion/samplers/ancestral.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { slicedWasserstein2 } from "../../src/divergence/sliced-wasserstein.js";
import type { AggregationSpec } from "../../src/federation/aggregations/index.js";
import { createFederation } from "../../src/federation/federation.js";
import type { FederationOptions } from "../../src/federation/options.js";
import { poolTransport } from "../../src/federation/pool-transport.js";
import { ScoreNetwork } from "../../src/network/score-network.js";
import { createTarget } from "../../src/targets/index.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";

const engine = await simdEngine();
const spec = { kind: "ou", tMin: 0.02, tMax: 4 } as const;
const schedule = createSchedule(spec);
const grid = createGrid({ kind: "benton", steps: 25 }, schedule);
const ring = createTarget({ kind: "ring" });
const [clients, rows] = [8, 64];
const { points } = ring.sample(engine, clients * rows, 1);
const { points: heldOut } = ring.sample(engine, 400, 2);

/** The sliced W2 of a network's samples from held-out rows of the ring, after a short training. */
async function distanceAfter(overrides: Partial<FederationOptions>): Promise<number> {
  const federation = createFederation(engine, {
    network: { dimension: 2, sigmaData: 2, hidden: [32], noiseFeatures: 8, parameterization: "edm" },
    schedule: spec,
    training: {
      batchSize: 32,
      optimizer: { kind: "adam", learningRate: 0.01 },
      levels: { count: 64, spacing: "logsnr" },
    },
    points,
    clients: Array.from({ length: clients }, (_, id) => ({
      rows: Uint32Array.from({ length: rows }, (_, row) => rows * id + row),
    })),
    rounds: 60,
    localSteps: 8,
    transport: poolTransport(new InThreadPool(engine)),
    ...overrides,
  });
  for await (const _ of federation.train());
  const { network } = federation.options;
  const denoiser = new ScoreNetwork(network, federation.parameters);
  const samples = sample(engine, { denoiser, schedule, grid, sampler: ancestral, count: 400, seed: 1 });
  return slicedWasserstein2.evaluate(engine, samples, heldOut, 2, { seed: 1 }).value;
}

describe("with 2 of 8 clients that send the opposite on the ring", () => {
  const attack = { kind: "sign-flip", clients: 2 } as const;
  const attacked = (aggregation: AggregationSpec) => distanceAfter({ attack, aggregation });

  it("the mean is destroyed, and robust rules are as good as without attackers", async () => {
    const clean = await distanceAfter({});
    expect(clean).toBeLessThan(0.75 * (await distanceAfter({ rounds: 1 })));
    expect(await attacked({ kind: "mean" })).toBeGreaterThan(5 * clean);
    expect(await attacked({ kind: "median" })).toBeLessThan(1.5 * clean);
    expect(await attacked({ kind: "multi-krum", attackers: 2 })).toBeLessThan(1.5 * clean);
  });
});
