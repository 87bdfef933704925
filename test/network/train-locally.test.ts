import { expect, it } from "vitest";
import { levelAt } from "../../src/diffusion/schedule.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { weightings } from "../../src/diffusion/weightings/index.js";
import { levelHeader } from "../../src/kernels/codes.js";
import type { Engine, Pointer } from "../../src/kernels/index.js";
import { Purpose } from "../../src/kernels/purpose.js";
import { fillIndices, normals } from "../../src/kernels/random.js";
import { allocateBatch, drawBatch } from "../../src/network/batch.js";
import { initializeParameters } from "../../src/network/initialize.js";
import { levelTable, trainingLevels } from "../../src/network/levels.js";
import type { RateSpec } from "../../src/network/rates/index.js";
import { ScoreNetwork } from "../../src/network/score-network.js";
import { layoutOf, type NetworkSpec } from "../../src/network/spec.js";
import { trainLocally } from "../../src/network/train-locally.js";
import type { LocalTrainingResult, TrainingSettings } from "../../src/network/training.js";
import { describeEngines } from "../support/engines.js";
import { inMovingMemory } from "../support/failing-arena.js";
import { networkOf } from "../support/networks.js";

const schedule = createSchedule({ kind: "vp-cosine", tMin: 0.01, tMax: 0.98 });
const spec = networkOf({ dimension: 2, hidden: [32, 32], noiseFeatures: 16, parameterization: "v" });
const settings: TrainingSettings = {
  batchSize: 64,
  optimizer: { kind: "adam", learningRate: 3e-3, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0 },
  weighting: "simple",
  levels: { count: 256, spacing: "time" },
};
const variance = 0.25;

function train(
  engine: Engine,
  parameters: Float32Array,
  steps: number,
  client = 0,
  overrides: Partial<TrainingSettings> = {},
  round = 0,
): LocalTrainingResult {
  return engine.arena.scope(() => {
    const levels = trainingLevels(engine, schedule, settings.levels);
    const points = normals(engine, 4000, { seed: 1, purpose: Purpose.target }).map((z) => z * Math.sqrt(variance));
    return trainLocally(engine, {
      spec,
      parameters,
      levelTable: engine.arena.copyIn(levelTable(engine, spec, levels, weightings.simple)),
      points: engine.arena.copyIn(points),
      settings: { ...settings, ...overrides },
      steps,
      seed: 3,
      round,
      client,
    });
  });
}

describeEngines("local training", (engineOf) => {
  it("draws rows, levels and noise of a step from three streams of its own", () => {
    const engine = engineOf();
    const { arena } = engine;
    arena.scope(() => {
      const [count, levels] = [50, 7];
      const { batchSize } = settings;
      const source = {
        spec,
        settings,
        points: arena.copyIn(normals(engine, 2 * count, { seed: 1, purpose: Purpose.target })),
        levelTable: arena.copyIn(new Float32Array(levels * (levelHeader + spec.noiseFeatures))),
        ...{ seed: 3, round: 4, client: 5 },
      };
      const batch = allocateBatch(arena, source);
      drawBatch(engine, source, 6, batch);
      const key = { seed: 3, round: 4, client: 5, step: 6 };
      const indices = (bound: number, purpose: Purpose) => {
        const out = arena.allocate(4 * batchSize);
        fillIndices(engine, out, batchSize, bound, { ...key, purpose });
        return arena.int32(out, batchSize).slice();
      };
      expect(arena.int32(batch.rowIndex, batchSize).slice()).toEqual(indices(count, Purpose.batchRows));
      expect(arena.int32(batch.levelIndex, batchSize).slice()).toEqual(indices(levels, Purpose.batchLevels));
      const noise = new Float32Array(arena.buffer, batch.noise, 2 * batchSize).slice();
      expect(noise).toEqual(normals(engine, 2 * batchSize, { ...key, purpose: Purpose.batchNoise }));
    });
  });

  const counts = [1, settings.batchSize, settings.batchSize + 1, 5000];
  it.each(counts)(
    "of %d rows outside of the engine's memory draws the same batches, and takes room for one",
    (count) => {
      const engine = engineOf();
      const { arena } = engine;
      const labelled: NetworkSpec = { ...spec, conditioning: "film", classes: 3 };
      const rows = normals(engine, 3 * count, { seed: 1, purpose: Purpose.target }).map((value, at) =>
        at % 3 === 2 ? Math.floor(at / 3) % 3 : value,
      );
      const [inside, outside] = [true, false].map((copied) =>
        arena.scope(() => {
          const points = copied ? arena.copyIn(rows) : rows;
          const before = arena.used;
          const source = {
            ...{ spec: labelled, settings, points, seed: 3, round: 4, client: 5 },
            levelTable: arena.copyIn(new Float32Array(7 * (levelHeader + spec.noiseFeatures)).fill(0.5)),
          };
          const batch = allocateBatch(arena, source);
          const taken = arena.used - before;
          const floats = (pointer: Pointer, width: number) =>
            new Float32Array(arena.buffer, pointer, settings.batchSize * width).slice();
          const steps = [6, 7].map((step) => {
            drawBatch(engine, source, step, batch);
            return [floats(batch.input, layoutOf(labelled).widths[0]), floats(batch.target, spec.dimension)];
          });
          return { steps, taken };
        }),
      );
      expect(outside.steps).toEqual(inside.steps);
      expect(new Set(outside.steps.map(([input]) => input.join())).size).toBe(2);
      expect(outside.taken - inside.taken).toBeLessThanOrEqual(4 * 3 * settings.batchSize + 16);
    },
  );

  it("takes rows that are a view of the engine's memory, which may grow", () => {
    const engine = engineOf();
    const rows = normals(engine, 2 * 300, { seed: 1, purpose: Purpose.target });
    const trained = (view: boolean) =>
      engine.arena.scope(() => {
        const levels = trainingLevels(engine, schedule, settings.levels);
        const table = engine.arena.copyIn(levelTable(engine, spec, levels, weightings.simple));
        const block = engine.arena.copyIn(rows);
        const parameters = initializeParameters(engine, spec, 7);
        const points = view ? block.array : rows;
        const keys = { seed: 3, round: 0, client: 0 };
        inMovingMemory(engine, () =>
          trainLocally(engine, { spec, parameters, levelTable: table, points, settings, steps: 2, ...keys }),
        );
        return parameters;
      });
    expect(trained(true)).toEqual(trained(false));
  });

  it("says what points may be", () => {
    const engine = engineOf();
    const parameters = initializeParameters(engine, spec, 7);
    const call = { spec, parameters, settings, steps: 2, seed: 3, round: 0, client: 0 };
    for (const points of [[1, 2], new Float64Array(2), undefined, null])
      expect(() =>
        engine.arena.scope(() => {
          const table = engine.arena.zeros(7 * (levelHeader + spec.noiseFeatures));
          return trainLocally(engine, { ...call, levelTable: table, points: points as unknown as Float32Array });
        }),
      ).toThrow("points must be a Float32Array or a Float32Block, as an arena gives it");
  });

  it("learns the exact denoiser of a Gaussian: excess over the mmse below 3 % of it at every level", () => {
    const engine = engineOf();
    const { arena } = engine;
    const parameters = initializeParameters(engine, spec, 7);
    train(engine, parameters, 3000);
    const rows = 2000;
    const noise = normals(engine, rows * spec.dimension, { seed: 5, purpose: Purpose.probe });
    arena.scope(() => {
      const session = new ScoreNetwork(spec, parameters).open(engine, rows);
      const out = arena.floats(rows * spec.dimension);
      for (const t of [0.2, 0.5, 0.8]) {
        const level = levelAt(schedule, t);
        const power = level.alpha ** 2 * variance + level.sigma ** 2;
        const slope = (level.alpha * variance) / power;
        const x = arena.copyIn(noise.map((z) => z * Math.sqrt(power)));
        session.denoise(x.pointer, rows, level, out.pointer);
        const excess = out.array.reduce((sum, value, i) => sum + (value - slope * x.array[i]) ** 2, 0) / out.length;
        expect(excess).toBeLessThan((0.03 * variance * level.sigma ** 2) / power);
      }
    });
  });

  it("has the irreducible loss as its floor: E|v - E[v | x]|^2 = s2 / (alpha^2 s2 + sigma^2) per coordinate", () => {
    const engine = engineOf();
    const parameters = initializeParameters(engine, spec, 7);
    train(engine, parameters, 1500);
    const { losses } = train(engine, parameters, 400, 1);
    const { count } = settings.levels as { count: number };
    const times = Array.from({ length: count }, (_, k) => 0.01 + ((k + 0.5) / count) * 0.97);
    const floor =
      times.reduce((sum, t) => {
        const [alpha, sigma] = [Math.cos((Math.PI * t) / 2), Math.sin((Math.PI * t) / 2)];
        return sum + variance / (alpha ** 2 * variance + sigma ** 2);
      }, 0) / times.length;
    const mean = losses.subarray(200).reduce((sum, loss) => sum + loss, 0) / 200;
    expect(mean / floor).toBeGreaterThan(0.95);
    expect(mean / floor).toBeLessThan(1.06);
  });

  it("is a function of (seed, round, client, step) alone", () => {
    const engine = engineOf();
    const [a, b, c] = [0, 0, 0].map(() => initializeParameters(engine, spec, 7)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    train(engine, a, 5);
    train(engine, c, 5, 1);
    engine.arena.scope(() => {
      engine.arena.floats(12345);
      train(engine, b, 5);
    });
    expect(b).toEqual(a);
    expect(c).not.toEqual(a);
  });

  it("takes each step at the rate of its round and place in it", () => {
    const engine = engineOf();
    const start = initializeParameters(engine, spec, 7);
    const end = (steps: number, round: number, learningRate: number, rate?: RateSpec) => {
      const parameters = start.slice();
      train(engine, parameters, steps, 0, { optimizer: { kind: "sgd", learningRate }, ...(rate && { rate }) }, round);
      return parameters;
    };
    const halved = { kind: "staircase", rounds: 3, factor: 0.5 } as const;
    expect(end(2, 5, 0.02, halved)).toEqual(end(2, 5, 0.01));
    expect(end(2, 2, 0.02, halved)).toEqual(end(2, 2, 0.02));
    const rising = { kind: "constant", warmup: 1 } as const;
    expect(end(1, 0, 0.02, rising)).toEqual(end(1, 0, 0.02));
    const moved = (parameters: Float32Array) => Math.hypot(...parameters.map((value, i) => value - start[i]));
    const whole = moved(end(2, 0, 0.001));
    expect(moved(end(2, 0, 0.001, rising)) / whole).toBeCloseTo(0.75, 1);
  });

  it("stops at the first step that is not finite and leaves the parameters alone", () => {
    const engine = engineOf();
    const parameters = initializeParameters(engine, spec, 7).fill(1e30);
    const result = train(engine, parameters, 5);
    expect(result.nonFiniteStep).toBe(0);
    expect(result.losses.length).toBe(1);
    expect(parameters.every((value) => value === Math.fround(1e30))).toBe(true);
  });

  it.each([1, 5])("names the step that spoiled the parameters, whose loss was still finite: %i steps", (steps) => {
    const engine = engineOf();
    const parameters = initializeParameters(engine, spec, 7).map((value) => 100 * value);
    const before = parameters.slice();
    const result = train(engine, parameters, steps, 0, { optimizer: { kind: "sgd", learningRate: 3e38 } });
    expect(result.nonFiniteStep).toBe(0);
    expect(result.losses.length).toBe(1);
    expect(Number.isFinite(result.losses[0])).toBe(true);
    expect(parameters).toEqual(before);
  });
});
