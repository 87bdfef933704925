import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ClientRuleSpec, createClientRule } from "../../../src/federation/client-rules/index.js";
import { createFederation } from "../../../src/federation/federation.js";
import { poolTransport } from "../../../src/federation/pool-transport.js";
import type { Engine } from "../../../src/kernels/index.js";
import { createOptimizer, type OptimizerSettings } from "../../../src/network/optimizers/index.js";
import type { Mask } from "../../../src/pruning/mask.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
// /usr/bin/python3 test/golden/fedprox.py > test/golden/fedprox.json      (PyTorch 1.13)
import golden from "../../golden/fedprox.json" with { type: "json" };
import { describeEngines } from "../../support/engines.js";
import { smallFederation } from "../support.js";
import { aClient, trainAlone } from "./support.js";

interface Descent {
  readonly rule: ClientRuleSpec;
  readonly optimizer: OptimizerSettings;
  readonly start: readonly number[];
  readonly steps: number;
  /** Gradient of the client's own loss. */
  readonly gradientAt: (parameters: Float32Array) => ArrayLike<number>;
}

/** The parameters after each local step. */
function descend(engine: Engine, { rule, optimizer, start, steps, gradientAt }: Descent): Float32Array[] {
  const { arena } = engine;
  return arena.scope(() => {
    const local = createClientRule("clientRule", rule).begin(engine, {
      ...aClient,
      parameters: arena.copyIn(Float32Array.from(start)),
    });
    const parameters = arena.copyIn(Float32Array.from(start));
    const gradient = arena.floats(start.length);
    const { step: move } = createOptimizer(engine, optimizer, start.length);
    return Array.from({ length: steps }, (_, step) => {
      gradient.array.set(gradientAt(parameters.array));
      local?.correct({ step, parameters: parameters.pointer, gradient: gradient.pointer });
      move(parameters.pointer, gradient.pointer);
      return parameters.array.slice();
    });
  });
}

const slopes = [0.5, 1, 2];
const targets = [1, -1, 0.5];
const quadratic = (parameters: Float32Array) => parameters.map((p, i) => slopes[i] * (p - targets[i]));

describeEngines("fedprox", (engineOf) => {
  it.each(golden)(
    "follows PyTorch's autograd of F + mu / 2 |w - start|^2: mu $mu, $settings",
    ({ mu, settings, start, target, slopes, points }) => {
      const gradientAt = (parameters: Float32Array) => parameters.map((p, i) => slopes[i] * (p - target[i]));
      const optimizer = settings as OptimizerSettings;
      const rule = { kind: "fedprox", mu } as const;
      const path = descend(engineOf(), { rule, optimizer, start, steps: points.length, gradientAt });
      points.forEach((point, step) => {
        point.forEach((value, i) => {
          expect(Math.abs(path[step][i] - value)).toBeLessThan(2e-5);
        });
      });
    },
  );

  it("goes to the minimum of F + mu / 2 |w - start|^2 as sgd does where the gradient is linear, in closed form", () => {
    const learningRate = 0.1;
    const coordinate = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(coordinate, coordinate, coordinate), fc.constantFrom(0.01, 0.5, 4), (start, mu) => {
        const rule = { kind: "fedprox", mu } as const;
        const optimizer = { kind: "sgd", learningRate } as const;
        const path = descend(engineOf(), { rule, optimizer, start, steps: 25, gradientAt: quadratic });
        path.forEach((parameters, step) => {
          parameters.forEach((value, i) => {
            const minimum = (slopes[i] * targets[i] + mu * start[i]) / (slopes[i] + mu);
            const left = (1 - learningRate * (slopes[i] + mu)) ** (step + 1);
            // A contraction: roundings of numbers below 8, and of the gradient, do not add up beyond a few of them.
            expect(Math.abs(value - (minimum + left * (start[i] - minimum)))).toBeLessThan(2 ** -18);
          });
        });
      }),
      { numRuns: 30 },
    );
  });

  it("stays within |gradient| / mu of its start with sgd of rate 1 / mu: at the start for a large mu", () => {
    const start = [0.25, -0.5, 2];
    const distances = [1, 10, 1e3, 1e6].map((mu) => {
      const rule = { kind: "fedprox", mu } as const;
      const optimizer = { kind: "sgd", learningRate: 1 / mu } as const;
      const path = descend(engineOf(), { rule, optimizer, start, steps: 40, gradientAt: () => [3, 4, 0] });
      return Math.max(...path.map((point) => Math.hypot(...point.map((value, i) => value - start[i]))));
    });
    distances.forEach((distance, k) => {
      expect(distance).toBeLessThan(5 / [1, 10, 1e3, 1e6][k] + 2 ** -20);
    });
    expect(distances[0]).toBeGreaterThan(4.9);
  });

  it("takes the gradient of a network's loss plus mu / 2 |w - start|^2, whose differences are finite ones", () => {
    const mu = 0.3;
    const seen: { plain: Float32Array; changed: Float32Array; parameters: Float32Array }[] = [];
    const engine = engineOf();
    const { start, local } = trainAlone(engine, { kind: "full" }, 3, (start) => {
      const rule = createClientRule("clientRule", { kind: "fedprox", mu }).begin(engine, {
        ...aClient,
        parameters: start,
      });
      return {
        correct(step) {
          const floats = (pointer: number) => new Float32Array(engine.arena.buffer, pointer, start.length).slice();
          const plain = floats(step.gradient);
          rule?.correct(step);
          seen.push({ plain, changed: floats(step.gradient), parameters: floats(step.parameters) });
        },
      };
    });
    const proximal = (w: number, i: number) => (mu / 2) * (w - start[i]) ** 2;
    const width = 2 ** -10;
    seen.forEach(({ plain, changed, parameters }, step) => {
      const next = seen[step + 1]?.parameters ?? local;
      parameters.forEach((w, i) => {
        const slope = (proximal(w + width, i) - proximal(w - width, i)) / (2 * width);
        expect(Math.abs(changed[i] - (plain[i] + slope))).toBeLessThan(1e-6);
        // Of smallFederation's sgd.
        expect(Math.abs(next[i] - (w - 0.05 * changed[i]))).toBeLessThan(1e-6);
      });
    });
    expect(seen[0].changed).toEqual(seen[0].plain);
    expect(seen[2].changed.some((value, i) => Math.abs(value - seen[2].plain[i]) > 1e-4)).toBe(true);
  });

  it("starts a pruned client at what it keeps of the server's parameters", () => {
    const engine = engineOf();
    const mask: Mask = { kind: "structured", kept: [Uint32Array.of(0, 2, 5), Uint32Array.of(1, 4)] };
    const [first, second, third] = [0, 0.5, 4].map((mu) => {
      const rule = createClientRule("clientRule", { kind: "fedprox", mu });
      const { start, local } = trainAlone(engine, mask, 8, (parameters) =>
        rule.begin(engine, { ...aClient, parameters }),
      );
      return Math.hypot(...local.map((value, i) => value - start[i]));
    });
    expect(second).toBeLessThan(first);
    expect(third).toBeLessThan(second);
  });
});

describe("fedprox in a federation", () => {
  describeEngines("with mu 0", (engineOf) => {
    it("gives the bytes of plain, and others with mu 1", async () => {
      const parametersOf = async (clientRule?: ClientRuleSpec) => {
        const transport = poolTransport(new InThreadPool(engineOf()));
        const federation = createFederation(engineOf(), smallFederation(transport, 5, clientRule && { clientRule }));
        for await (const _ of federation.train());
        return federation.parameters;
      };
      const plain = await parametersOf();
      expect(await parametersOf({ kind: "plain" })).toEqual(plain);
      expect(await parametersOf({ kind: "fedprox", mu: 0 })).toEqual(plain);
      expect(await parametersOf({ kind: "fedprox", mu: 1 })).not.toEqual(plain);
    });
  });
});
