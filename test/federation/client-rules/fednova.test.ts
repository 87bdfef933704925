import { expect, it } from "vitest";
import { createClientRule } from "../../../src/federation/client-rules/index.js";
import { createFederation } from "../../../src/federation/federation.js";
import type { TrainingSettings } from "../../../src/network/training.js";
import type { TrainingOptions } from "../../../src/network/training-fields.js";
import { simdEngine } from "../../support/engines.js";
import { finish, furthest, type Quadratic, quadraticFederation, weightedMinima } from "./quadratics.js";

const engine = await simdEngine();
const clientRule = { kind: "fednova" } as const;

/** Gradient steps of this rate. */
function at(learningRate: number, momentum?: number): { readonly training: TrainingOptions } {
  const sgd = { kind: "sgd", learningRate } as const;
  return { training: { optimizer: momentum === undefined ? sgd : { kind: "momentum", learningRate, momentum } } };
}

const clients: readonly Quadratic[] = [
  { curvature: 1, minimum: 1, localSteps: 4, keepRatio: 1 },
  { curvature: 1, minimum: -1, localSteps: 20, keepRatio: 0.7 },
  { curvature: 2, minimum: 0.5, localSteps: 5, keepRatio: 0.4 },
];
const optimum = weightedMinima(engine, clients, ({ curvature }) => curvature);

it.each([
  // s = 1 - 0.99^steps: (s1 - s2) / (s1 + s2), and the same of s1 / 2 and s2 / 20.
  { kind: "plain", fixed: -0.8029635 },
  { kind: "fednova", fixed: 0.0443643 },
] as const)("two clients by hand, of 2 and 20 steps and optimum 0: $kind stays at $fixed", async ({ kind, fixed }) => {
  const two = clients.slice(0, 2).map((client, id) => ({ ...client, localSteps: [2, 20][id], keepRatio: 1 }));
  const initial = new Float32Array(weightedMinima(engine, two, () => 1).length).fill(fixed);
  const federation = quadraticFederation(engine, two, { ...at(0.01), rounds: 30, initial, clientRule: { kind } });
  for (const value of await finish(federation)) expect(value).toBeCloseTo(fixed, 6);
});

it("FedAvg weighs minima by 1 - (1 - eta a)^tau over the clients that keep a parameter, FedNova by that over tau", async () => {
  const share = ({ curvature, localSteps }: Quadratic) => 1 - (1 - 0.05 * curvature) ** localSteps;
  const average = weightedMinima(engine, clients, share);
  const normalized = weightedMinima(engine, clients, (client) => share(client) / client.localSteps);
  expect(furthest(average, normalized)).toBeGreaterThan(0.5);
  const ended = (kind: "plain" | "fednova") =>
    finish(quadraticFederation(engine, clients, { ...at(0.05), rounds: 70, clientRule: { kind } }));
  expect(furthest(await ended("plain"), average)).toBeLessThan(2e-5);
  expect(furthest(await ended("fednova"), normalized)).toBeLessThan(2e-5);
});

it("is consistent: for a small rate its fixed point is the optimum, that of FedAvg weighs clients by their steps", async () => {
  const rate = 1e-4;
  const byOwnSteps = weightedMinima(engine, clients, ({ curvature, localSteps }) => curvature * localSteps);
  expect(furthest(byOwnSteps, optimum)).toBeGreaterThan(0.5);
  for (const [rule, expected] of [
    ["plain", byOwnSteps],
    ["fednova", optimum],
  ] as const) {
    // From there a round moves nothing, to the order of rate^2; from elsewhere by more.
    const start = Float32Array.from(expected);
    const moves = { ...at(rate), rounds: 1, clientRule: { kind: rule } };
    const from = async (initial: Float32Array) =>
      furthest(await finish(quadraticFederation(engine, clients, { ...moves, initial })), initial);
    expect(await from(start)).toBeLessThan(2e-6);
    expect(await from(start.map((value) => value + 0.1))).toBeGreaterThan(5e-5);
  }
});

it("is consistent with momentum, whose steps count as the paper's a_i says", async () => {
  const initial = Float32Array.from(optimum);
  const moves = { ...at(1e-5, 0.9), rounds: 1, initial };
  const moved = async (rule: "plain" | "fednova") =>
    furthest(await finish(quadraticFederation(engine, clients, { ...moves, clientRule: { kind: rule } })), initial);
  expect(await moved("plain")).toBeGreaterThan(1e-4);
  expect(await moved("fednova")).toBeLessThan(2e-6);
});

it("counts steps by ||a_i||_1", () => {
  const { effectiveSteps } = createClientRule("clientRule", clientRule);
  const steps = (optimizer: TrainingSettings["optimizer"], count: number, rate?: TrainingSettings["rate"]) =>
    effectiveSteps?.(engine, { steps: count, round: 3, training: { optimizer, rate } });
  expect(steps({ kind: "sgd" }, 7)).toBe(7);
  expect(steps({ kind: "adam" }, 7)).toBe(7);
  for (const [momentum, count] of [
    [0.9, 1],
    [0.9, 12],
    [0.5, 40],
  ]) {
    const paper = (count - (momentum * (1 - momentum ** count)) / (1 - momentum)) / (1 - momentum);
    expect(steps({ kind: "momentum", momentum }, count)).toBeCloseTo(paper, 10);
  }
  // Warmed up over 4 rounds, of which it is the fourth: step k of 5 has the factor (3 + (k + 1) / 5) / 4.
  expect(steps({ kind: "sgd" }, 5, { kind: "constant", warmup: 4 })).toBeCloseTo((15 + 3) / 4, 6);
  expect(steps({ kind: "sgd" }, 5, { kind: "cosine", rounds: 2, final: 0 })).toBe(5);
});

it("is, parameter by parameter, the mean effective steps times the mean normalized update of those that keep it", async () => {
  const size = optimum.length;
  const keeps = [0, 1, 2].map((client) => Uint8Array.from({ length: size }, (_, i) => ((i >> client) & 1) ^ 1));
  const maskFamily = {
    name: "bits",
    source: "test",
    assign: () => keeps.map((keep) => ({ kind: "unstructured", keep }) as const),
  };
  const federation = quadraticFederation(engine, clients, { ...at(0.05), rounds: 1, maskFamily, clientRule });
  const rows = federation.options.clients.map((_, id) => Uint32Array.from({ length: id + 1 }, (_, row) => row));
  const weighed = createFederation(engine, {
    ...federation.options,
    weighting: "samples",
    clients: federation.options.clients.map((client, id) => ({ ...client, rows: rows[id], rowCount: undefined })),
  });
  const after = await finish(weighed);
  for (let i = 0; i < size; i++) {
    const covering = clients.flatMap(({ curvature, minimum, localSteps }, id) => {
      const update = minimum * (1 - (1 - 0.05 * curvature) ** localSteps);
      return keeps[id][i] ? [{ weight: id + 1, update, localSteps }] : [];
    });
    const mean = (of: (client: (typeof covering)[number]) => number) =>
      covering.reduce((sum, each) => sum + each.weight * of(each), 0) /
      covering.reduce((sum, { weight }) => sum + weight, 0);
    const expected =
      covering.length === 0 ? 0 : mean(({ localSteps }) => localSteps) * mean((each) => each.update / each.localSteps);
    expect(after[i]).toBeCloseTo(expected, 5);
  }
});
