import { expect, it } from "vitest";
import { createClientRule } from "../../../src/federation/client-rules/index.js";
import type { Transport } from "../../../src/federation/transport.js";
import { rolling } from "../../../src/pruning/families/rolling.js";
import { describeEngines, simdEngine } from "../../support/engines.js";
import { testTransport } from "../support.js";
import { finish, furthest, type Quadratic, quadraticFederation, weightedMinima } from "./quadratics.js";
import { aClient } from "./support.js";

const rate = 0.05;
const clients: readonly Quadratic[] = [
  { curvature: 1, minimum: 1, localSteps: 10, keepRatio: 1 },
  { curvature: 4, minimum: -1, localSteps: 10, keepRatio: 0.7 },
  { curvature: 2, minimum: 3, localSteps: 10, keepRatio: 0.4 },
];
const engine = await simdEngine();

/** Where the gradients of the clients that keep a parameter add up to 0. */
const optimum = weightedMinima(engine, clients, ({ curvature }) => curvature);

it("two clients by hand: FedAvg stops at -0.3798, the optimum of |w - 1|^2 / 2 and 4 |w + 1|^2 / 2 is -0.6", async () => {
  const two = clients.slice(0, 2).map((client) => ({ ...client, keepRatio: 1 }));
  const [drifting, corrected] = await Promise.all([
    finish(quadraticFederation(engine, two, { rounds: 30 })),
    finish(quadraticFederation(engine, two, { rounds: 60, clientRule: { kind: "scaffold" } })),
  ]);
  // (1 - 0.95^10 - (1 - 0.8^10)) / (1 - 0.95^10 + 1 - 0.8^10)
  for (const value of drifting) expect(value).toBeCloseTo(-0.3797565, 5);
  for (const value of corrected) expect(value).toBeCloseTo(-0.6, 5);
});

it("FedAvg's fixed point weighs minima by 1 - (1 - eta a)^K; with control variates it is the optimum of whoever keeps the parameter", async () => {
  const drifted = weightedMinima(
    engine,
    clients,
    ({ curvature, localSteps }) => 1 - (1 - rate * curvature) ** localSteps,
  );
  expect(furthest(drifted, optimum)).toBeGreaterThan(0.2);
  expect(furthest(await finish(quadraticFederation(engine, clients, { rounds: 80 })), drifted)).toBeLessThan(1e-5);
  const corrected = await finish(
    quadraticFederation(engine, clients, { rounds: 80, clientRule: { kind: "scaffold" } }),
  );
  expect(furthest(corrected, optimum)).toBeLessThan(1e-5);
});

it("ends at the optimum too where two of three clients take part and masks differ, which plain averaging does not", async () => {
  const overrides = { participation: 0.67, rounds: 200 };
  const corrected = await finish(
    quadraticFederation(engine, clients, { ...overrides, clientRule: { kind: "scaffold" } }),
  );
  expect(furthest(corrected, optimum)).toBeLessThan(1e-5);
  expect(furthest(await finish(quadraticFederation(engine, clients, overrides)), optimum)).toBeGreaterThan(0.2);
});

it("ends at the optimum where clients take different numbers of steps, and where masks move", async () => {
  const uneven = clients.map((client, id) => ({ ...client, localSteps: 4 + 3 * id }));
  const scaffold = { clientRule: { kind: "scaffold" } } as const;
  expect(
    furthest(await finish(quadraticFederation(engine, uneven, { ...scaffold, rounds: 100 })), optimum),
  ).toBeLessThan(1e-5);
  const whole = weightedMinima(
    engine,
    clients.map((client) => ({ ...client, keepRatio: 1 })),
    ({ curvature }) => curvature,
  );
  const moving = { ...scaffold, maskFamily: rolling, rounds: 250 };
  expect(furthest(await finish(quadraticFederation(engine, clients, moving)), whole)).toBeLessThan(1e-4);
});

describeEngines("a step under scaffold", (engineOf) => {
  it("is g - c_i + c; the new control variate is the mean gradient, which is option II of the paper", () => {
    const { arena } = engineOf();
    arena.scope(() => {
      const [x, own, mean] = [
        [0.5, -1],
        [0.25, 0.75],
        [-0.5, 0.125],
      ].map((v) => arena.copyIn(Float32Array.from(v)));
      const [c_i, c] = [own.array.slice(), mean.array.slice()];
      const rule = createClientRule("clientRule", { kind: "scaffold" });
      const local = rule.begin(engineOf(), { ...aClient, parameters: x, controls: { own, mean } });
      const [y, gradient] = [arena.copyIn(x.array.slice()), arena.floats(2)];
      const steps = 4;
      for (let step = 0; step < steps; step++) {
        const plain = y.array.map((value, i) => (1 + i) * (value - 2));
        gradient.array.set(plain);
        local?.correct({ step, parameters: y.pointer, gradient: gradient.pointer });
        expect(gradient.array).toEqual(plain.map((g, i) => Math.fround(g + (c[i] - c_i[i]))));
        y.array.set(y.array.map((value, i) => value - rate * gradient.array[i]));
      }
      local?.end?.({ steps, parameters: y.pointer });
      const optionTwo = x.array.map((value, i) => c_i[i] - c[i] + (value - y.array[i]) / (steps * rate));
      expect(furthest(own.array, optionTwo)).toBeLessThan(1e-5);
    });
  });
});

it("counts two vectors each way, and refuses a round without the mean", async () => {
  const federation = quadraticFederation(engine, clients, {
    clientRule: { kind: "scaffold" },
    encoding: { kind: "int8" },
  });
  const { value } = await federation.train().next();
  const kept = value?.clients.reduce((sum, { parameters }) => sum + parameters, 0) ?? Number.NaN;
  expect(value).toMatchObject({ bytesDown: 8 * kept, bytesUp: 8 * kept, wireBytesDown: 8 * kept });
  const encoded = value?.clients.reduce((sum, { encodedBytes = Number.NaN }) => sum + encodedBytes, 0) ?? Number.NaN;
  expect(value?.wireBytesUp).toBe(encoded + 4 * kept);
  const whole = testTransport(engine);
  const transport: Transport = { ...whole, run: ({ control: _, ...task }) => whole.run(task) };
  const losing = quadraticFederation(engine, clients, { clientRule: { kind: "scaffold" }, transport });
  await expect(finish(losing)).rejects.toThrow("its transport loses it");
});
