import { describe, expect, test } from "vitest";
import { complete } from "../../../src/family.js";
import { oneOf } from "../../../src/fields.js";
import { createOptimizer, type OptimizerSettings, optimizers } from "../../../src/network/optimizers/index.js";
// python3 test/golden/mlp.py > test/golden/mlp.json      (PyTorch 1.13)
import golden from "../../golden/mlp.json" with { type: "json" };
import { describeEngines, simdEngine } from "../../support/engines.js";
import { specsOf } from "../../support/specs.js";

/** Every member with its defaults, and Adam with decay: a new member is tested by being listed. */
const everySettings: readonly OptimizerSettings[] = [...specsOf(optimizers), { kind: "adam", weightDecay: 0.1 }];

const adam = { kind: "adam", learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 } as const;

describeEngines("createOptimizer", (engineOf) => {
  test.each(golden.trajectories)(
    "follows PyTorch: $settings, clipNorm $clipNorm",
    ({ settings, start, target, slopes, points, clipNorm }) => {
      const { arena } = engineOf();
      arena.scope(() => {
        const optimizer = createOptimizer(engineOf(), settings as OptimizerSettings, start.length);
        const parameters = arena.copyIn(Float32Array.from(start));
        const gradient = arena.floats(start.length);
        for (const point of points) {
          const slope = parameters.array.map((p, i) => (slopes[i] as number) * (p - (target[i] as number)));
          gradient.array.set(slope);
          const { gradientNorm } = optimizer.step(
            parameters.pointer,
            gradient.pointer,
            clipNorm === undefined ? {} : { clipNorm },
          );
          if (clipNorm === undefined) expect(gradientNorm).toBeUndefined();
          else expect(gradientNorm).toBeCloseTo(Math.hypot(...slope), 6);
          point.forEach((value, i) => {
            expect(Math.abs((parameters.array[i] as number) - value)).toBeLessThan(2e-5);
          });
        }
      });
    },
  );

  test.each(everySettings)("a masked entry never moves: %j", (settings) => {
    const { arena } = engineOf();
    arena.scope(() => {
      const optimizer = createOptimizer(engineOf(), settings, 5);
      const parameters = arena.copyIn(Float32Array.of(1, 2, 3, 4, 5));
      const gradient = arena.copyIn(Float32Array.of(1, Number.NaN, 1, 1, 1e30)).pointer;
      const keep = arena.copyBytes(Uint8Array.of(1, 0, 1, 1, 0));
      for (let step = 0; step < 3; step++) {
        const { gradientNorm } = optimizer.step(parameters.pointer, gradient, { keep, clipNorm: 10 });
        expect(gradientNorm).toBeCloseTo(Math.sqrt(3), 12);
      }
      expect([parameters.array[1], parameters.array[4]]).toEqual([2, 5]);
      expect(parameters.array[0]).toBeLessThan(1);
    });
  });

  test.each(everySettings)("goes down a convex quadratic, and has no memory of an earlier one: %j", (settings) => {
    const { arena } = engineOf();
    const descend = () =>
      arena.scope(() => {
        const optimizer = createOptimizer(engineOf(), settings, 3);
        const parameters = arena.copyIn(Float32Array.of(1, -2, 3));
        const gradient = arena.floats(3);
        return Array.from({ length: 20 }, () => {
          gradient.array.set(parameters.array);
          optimizer.step(parameters.pointer, gradient.pointer);
          return parameters.array.slice();
        });
      });
    const path = descend();
    const distances = [Float32Array.of(1, -2, 3), path[0], path[19]].map((point) => Math.hypot(...point));
    expect(distances).toEqual([...distances].sort((a, b) => b - a));
    expect(new Set(distances).size).toBe(3);
    expect(descend()).toEqual(path);
  });

  test.each(everySettings)(
    "without clipping, a gradient that is not finite shows in the parameters: %j",
    (settings) => {
      const { arena, kernels } = engineOf();
      for (const broken of [Number.NaN, Number.POSITIVE_INFINITY]) {
        arena.scope(() => {
          const optimizer = createOptimizer(engineOf(), settings, 2);
          const parameters = arena.copyIn(Float32Array.of(1, 2)).pointer;
          optimizer.step(parameters, arena.copyIn(Float32Array.of(1, broken)).pointer);
          expect(kernels.countNonFinite(parameters, 2)).toBe(1);
        });
      }
    },
  );

  test.each(everySettings)(
    "leaves a gradient below the clip as it is, and scales one above it down to it: %j",
    (settings) => {
      const { arena } = engineOf();
      arena.scope(() => {
        const moved = (scale: number, clipNorm?: number) => {
          const optimizer = createOptimizer(engineOf(), settings, 2);
          const parameters = arena.copyIn(Float32Array.of(1, 2));
          for (const size of [1, 0.5]) {
            const gradient = arena.copyIn(Float32Array.of(3 * scale * size, 4 * scale * size)).pointer;
            optimizer.step(parameters.pointer, gradient, clipNorm === undefined ? {} : { clipNorm });
          }
          return parameters.array.slice();
        };
        // Norms 0.625 and 0.3125, then 2.5 and 1.25; halves of powers of two scale without rounding.
        expect(moved(0.125, 1)).toEqual(moved(0.125));
        expect(moved(0.5, 5)).toEqual(moved(0.5));
        expect(moved(0.5, 1.25)).not.toEqual(moved(0.5));
      });
      const clipped = (scale: number, clipNorm?: number) =>
        arena.scope(() => {
          const optimizer = createOptimizer(engineOf(), settings, 2);
          const parameters = arena.copyIn(Float32Array.of(1, 2));
          const gradient = arena.copyIn(Float32Array.of(3 * scale, 4 * scale)).pointer;
          optimizer.step(parameters.pointer, gradient, clipNorm === undefined ? {} : { clipNorm });
          return parameters.array.slice();
        });
      expect(clipped(0.5, 1.25)).toEqual(clipped(0.25));
    },
  );

  test.each(everySettings)("clips a gradient that is not finite to nothing, and its norm says so: %j", (settings) => {
    const { arena } = engineOf();
    arena.scope(() => {
      const trajectory = (gradients: number[]) => {
        const optimizer = createOptimizer(engineOf(), settings, 2);
        const parameters = arena.copyIn(Float32Array.of(1, 2));
        const norms = gradients.map(
          (g) =>
            optimizer.step(parameters.pointer, arena.copyIn(Float32Array.of(1, g)).pointer, { clipNorm: 1 })
              .gradientNorm,
        );
        return { parameters: parameters.array.slice(), norms };
      };
      const { parameters, norms } = trajectory([1, Number.NaN, Number.POSITIVE_INFINITY, 0.5]);
      expect(norms.map(Number.isFinite)).toEqual([true, false, false, true]);
      expect(parameters).toEqual(trajectory([1, 0.5]).parameters);
    });
  });
});

describe("optimizer settings", () => {
  test.each<[string, object]>([
    ["optimizer.learningRate must lie in (0, inf), got 0", { ...adam, learningRate: 0 }],
    ["optimizer.learningRate must lie in (0, inf), got NaN", { ...adam, learningRate: Number.NaN }],
    ["optimizer.beta1 must lie in [0, 1), got 1", { ...adam, beta1: 1 }],
    ["optimizer.beta2 must lie in [0, 1), got -0.1", { ...adam, beta2: -0.1 }],
    ["optimizer.epsilon must lie in (0, inf), got 0", { ...adam, epsilon: 0 }],
    ["optimizer.weightDecay must lie in [0, inf), got -1", { ...adam, weightDecay: -1 }],
    ["optimizer.momentum must lie in [0, 1), got 1", { kind: "momentum", learningRate: 1, momentum: 1 }],
    [`optimizer.kind ${oneOf(Object.keys(optimizers))}, got "lion"`, { kind: "lion", learningRate: 1 }],
  ])("%s", async (message, settings) => {
    const engine = await simdEngine();
    engine.arena.scope(() => {
      expect(() => createOptimizer(engine, settings as OptimizerSettings, 4)).toThrow(message);
    });
  });

  test("clipNorm must be positive", async () => {
    const engine = await simdEngine();
    engine.arena.scope(() => {
      const optimizer = createOptimizer(engine, adam, 1);
      const { pointer } = engine.arena.copyIn(Float32Array.of(1));
      expect(() => optimizer.step(pointer, pointer, { clipNorm: 0 })).toThrow("clipNorm must be > 0, got 0");
    });
  });
});

test.each(everySettings)("a rate of a half is half of the learning rate: %j", async (settings) => {
  const engine = await simdEngine();
  const { arena } = engine;
  const { learningRate } = complete(optimizers, "optimizer", settings);
  const end = (given: OptimizerSettings, rate: number | undefined) =>
    arena.scope(() => {
      const optimizer = createOptimizer(engine, given, 3);
      const parameters = arena.copyIn(Float32Array.of(1, -2, 3));
      const gradient = arena.copyIn(Float32Array.of(0.5, 1, -2)).pointer;
      for (let step = 0; step < 3; step++)
        optimizer.step(parameters.pointer, gradient, rate === undefined ? {} : { rate });
      return parameters.array.slice();
    });
  expect(end(settings, 0.5)).toEqual(end({ ...settings, learningRate: learningRate / 2 }, undefined));
  expect(end(settings, 1)).toEqual(end(settings, undefined));
  expect(end(settings, 0.5)).not.toEqual(end(settings, 1));
});
