/** What needs wasm memory either succeeds or throws FEDSCORE_OUT_OF_MEMORY, and leaves the engine as it was. */

import { describe, expect, it } from "vitest";
import { clientMoments } from "../src/data/moments.js";
import { fitTransforms, transformFromJSON } from "../src/data/transforms/index.js";
import { createGrid } from "../src/diffusion/grids/index.js";
import { sample } from "../src/diffusion/sample.js";
import { samplers } from "../src/diffusion/samplers/index.js";
import { createSchedule } from "../src/diffusion/schedules/index.js";
import { divergences } from "../src/divergence/index.js";
import { runBlocks } from "../src/federation/client-block.js";
import type { Block, ClientAssignment, TrainingSetup } from "../src/federation/messages.js";
import { training } from "../src/federation/training-tasks.js";
import { type Engine, matmul, Purpose, RandomStream } from "../src/kernels/index.js";
import { initializeParameters } from "../src/network/initialize.js";
import { ScoreNetwork } from "../src/network/score-network.js";
import { layoutOf } from "../src/network/spec.js";
import { extract, scatter } from "../src/pruning/extract.js";
import { maskFamilies } from "../src/pruning/families/index.js";
import type { Mask } from "../src/pruning/mask.js";
import { createLaw } from "../src/targets/law.js";
import { requirePathCost } from "../src/theory/certificate/certificate.js";
import { requireExact } from "../src/theory/certificate/unit-task.js";
import { runPathUnits } from "../src/theory/certificate/units.js";
import { klLowerBound } from "../src/theory/lower-bound/lower-bound.js";
import { nearestNeighbourKl } from "../src/theory/measured/nearest-neighbour-kl.js";
import { simdEngine } from "./support/engines.js";
import { inMovingMemory, outOfMemoryAt, surviveOutOfMemory } from "./support/failing-arena.js";
import { networkOf } from "./support/networks.js";
import { hashedSample } from "./support/samples.js";

const schedule = createSchedule({ kind: "ou", tMin: 1e-3, tMax: 5 });
const grid = createGrid({ kind: "geometric-tail", steps: 4, start: 4, end: 0.01 }, schedule);
const network = networkOf({ dimension: 2, hidden: [6, 6, 5], residual: true, parameterization: "v" });
const { size } = layoutOf(network);
const parameters = Float32Array.from({ length: size }, (_, i) => Math.sin(7 * i) / 4);

const masks: Record<string, Mask> = {
  full: { kind: "full" },
  structured: { kind: "structured", kept: [Uint32Array.of(0, 2, 5), Uint32Array.of(0, 2, 5), Uint32Array.of(1, 3)] },
  unstructured: { kind: "unstructured", keep: Uint8Array.from({ length: size }, (_, i) => (i % 3 === 0 ? 0 : 1)) },
};

/** One of these on a fresh engine, on one that fails, and on one whose memory moves gives the same. */
const works: Record<string, (engine: Engine) => unknown> = {
  "local training": (engine) => {
    const setup: TrainingSetup = {
      id: "run",
      seed: 3,
      network,
      schedule: { kind: "ou", tMin: 1e-3, tMax: 5 },
      training: {
        batchSize: 4,
        optimizer: { kind: "adam", learningRate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 },
        clipNorm: 1,
        weighting: "simple",
        levels: { count: 5, spacing: "logsnr" },
      },
      clientRule: { kind: "fedprox", mu: 0.1 },
      points: Float32Array.from({ length: 24 }, (_, i) => Math.cos(3 * i)),
      clientRows: { rows: Uint32Array.from({ length: 12 }, (_, i) => i), starts: Uint32Array.of(0, 3, 6, 9, 12) },
    };
    training.open.run(engine, { key: "here", setup });
    const clients: ClientAssignment[] = [masks.full, masks.structured, masks.unstructured, masks.structured].map(
      (mask, client) => ({ client, mask, localSteps: 2, weight: client + 1 }),
    );
    const block: Block = { id: "run/0/0", setup: "run", round: 0, block: 0, clients, flops: 1, nonFinite: "stop" };
    return runBlocks(training.stateIn(engine, "here"), { parameters, blocks: [block] });
  },
  "sampling a network": (engine) =>
    sample(engine, {
      count: 5,
      denoiser: new ScoreNetwork(network, parameters),
      schedule,
      grid,
      sampler: samplers.ancestral,
      seed: 1,
      tile: 2,
      denoiseLast: true,
    }),
  "initialization and random streams": (engine) => {
    const stream = new RandomStream(engine, { seed: 1, purpose: Purpose.partition });
    return [initializeParameters(engine, network, 5), stream.dirichlet(0.3, 200), stream.normal()];
  },
  matmul: (engine) => matmul(engine, hashedSample(6, 5, 1), hashedSample(5, 7, 2), 6, 5, 7),
  transforms: (engine) => {
    const points = hashedSample(40, 6, 1);
    const moments = clientMoments(
      engine,
      points,
      6,
      Uint32Array.from({ length: 40 }, (_, i) => i),
    );
    const fitted = fitTransforms(engine, [{ kind: "standardize" }, { kind: "pca", components: 3 }], moments);
    const latent = fitted.forward(points);
    const restored = transformFromJSON(engine, fitted.toJSON(), "file");
    return [latent, fitted.inverse(latent), restored.forward(points), fitted.toJSON()];
  },
  "lower bound": (engine) => klLowerBound(engine, hashedSample(80, 2, 1), hashedSample(80, 2, 2), 2, { seed: 4 }),
};

for (const [kind, mask] of Object.entries(masks)) {
  works[`extraction of a ${kind} mask`] = (engine) => {
    const submodel = extract(engine, network, parameters, mask);
    const whole = new Float32Array(size);
    scatter(engine, network, submodel.parameters, mask, whole);
    return [submodel, whole];
  };
}

for (const family of [maskFamilies.random, maskFamilies.coverage]) {
  works[`masks ${family.name}`] = (engine) => {
    const clients = [0.3, 0.6, 1].map((keepRatio, id) => ({ id, keepRatio }));
    return family.assign({ engine, spec: network, seed: 2, round: 3, clients, parameters, update: parameters });
  };
}

for (const of of [{ kind: "ring" }, { kind: "checkerboard" }, { kind: "moons" }, { kind: "swiss-roll" }] as const) {
  works[`rows of ${of.kind}`] = (engine) => createLaw({ of }).sample(engine, 9, 3, 2);
}

for (const law of [
  { kind: "ring" },
  { kind: "checkerboard" },
  { kind: "low-rank", dimension: 3, rank: 1, noise: 0.2 },
] as const) {
  for (const [sampler, stride] of [
    ["ancestral", 1],
    ["euler-maruyama", 2],
  ] as const) {
    works[`a certificate unit of ${law.kind}, ${sampler}`] = (engine) => {
      const dimension = createLaw({ of: law }).dimension;
      const affine = { shift: new Float64Array(dimension).fill(0.5), scale: 2 };
      const target = requireExact(createLaw({ of: law, affine }));
      const spec = { ...network, dimension };
      const weights = Float32Array.from({ length: layoutOf(spec).size }, (_, i) => Math.sin(7 * i) / 4);
      const problem = {
        schedule,
        grid,
        cost: requirePathCost(sampler, schedule),
        target,
        denoiser: new ScoreNetwork(spec, weights),
        seed: 9,
      };
      return runPathUnits(engine, problem, {
        first: 2,
        strata: Uint32Array.of(0, 0),
        shares: Float64Array.of(1, 1),
        stride,
        thinning: stride,
      });
    };
  }
}

for (const divergence of [...Object.values(divergences), nearestNeighbourKl]) {
  for (const dimension of [2, 20]) {
    works[`${divergence.name} in dimension ${dimension}`] = (engine) =>
      divergence.evaluate(engine, hashedSample(30, dimension, 1), hashedSample(24, dimension, 2), dimension, {
        seed: 6,
      });
  }
}

describe("out of memory at each allocation in turn", () => {
  it.each(Object.keys(works))("%s", async (name) => {
    const work = works[name];
    const expected = work(await simdEngine());
    expect(surviveOutOfMemory(await simdEngine(), expected, work)).toBeGreaterThan(0);
    expect(inMovingMemory(await simdEngine(), work)).toEqual(expected);
  });
});

describe("the failing arena", () => {
  it("fails at the allocation that was named, and at no other", async () => {
    const engine = await simdEngine();
    const twice = () => engine.arena.scope(() => [engine.arena.floats(1), engine.arena.copyBytes(Uint8Array.of(1))]);
    expect([1, 2, 3, 4].map((n) => outOfMemoryAt(engine, n, twice))).toEqual([true, true, false, false]);
  });

  it("finds what is not released, a failure that is swallowed, and a view that is void", async () => {
    const engine = await simdEngine();
    const leak = () => engine.arena.allocate(64) > 0;
    expect(() => surviveOutOfMemory(engine, true, leak)).toThrow("after allocation");
    const swallow = () => {
      try {
        leak();
      } catch (error) {
        expect(error).toMatchObject({ code: "FEDSCORE_OUT_OF_MEMORY" });
      }
    };
    expect(() => outOfMemoryAt(engine, 1, swallow)).toThrow("nobody said so");
    const stale = () => {
      const { array } = engine.arena.floats(1);
      engine.arena.allocate(4);
      return array.length;
    };
    expect(inMovingMemory(engine, stale)).toBe(0);
  });
});
