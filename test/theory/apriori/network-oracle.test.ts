import { expect, it } from "vitest";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { parameterizations } from "../../../src/diffusion/parameterizations/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { weightings } from "../../../src/diffusion/weightings/index.js";
import type { Engine } from "../../../src/kernels/index.js";
import { Purpose } from "../../../src/kernels/purpose.js";
import { fillIndices, normals } from "../../../src/kernels/random.js";
import { initializeParameters } from "../../../src/network/initialize.js";
import { levelTable, levelWeights, noiseFeatures, trainingLevels } from "../../../src/network/levels.js";
import type { NetworkSpec } from "../../../src/network/spec.js";
import { trainLocally } from "../../../src/network/train-locally.js";
import { measureClient } from "../../../src/theory/apriori/measure-client.js";
import { type NetworkObjective, networkOracle } from "../../../src/theory/apriori/network-oracle.js";
import { describeEngines } from "../../support/engines.js";
import { networkOf } from "../../support/networks.js";
import { referenceForward } from "../../support/reference-mlp.js";

const spec = networkOf({ dimension: 2, hidden: [5, 3], activation: "tanh", noiseFeatures: 4, parameterization: "v" });
const scheduleSpec = { kind: "vp-cosine", tMin: 0.1, tMax: 0.95 } as const;
const schedule = createSchedule(scheduleSpec);
const { times } = createGrid({ kind: "uniform-log-snr", steps: 6 }, schedule);
const objective: NetworkObjective = {
  network: spec,
  schedule: scheduleSpec,
  training: {
    batchSize: 16,
    optimizer: { kind: "sgd", learningRate: 0.01 },
    weighting: "certificate",
    levels: { spacing: "grid", times: [...times] },
  },
  seed: 5,
  probes: 20,
};
const clientOf = (engine: Engine) => ({
  client: 3,
  round: 2,
  points: normals(engine, 30, { seed: 1, purpose: Purpose.target }),
});

/** The loss over the probes by its definition, in float64: 1/2 sum_k (snr_{k+1} - snr_k) |x0hat - x_0|^2 / d. */
function referenceLoss(engine: Engine, network: NetworkSpec): (parameters: Float64Array) => number {
  const { client, points } = clientOf(engine);
  const { training, seed } = objective;
  const levels = trainingLevels(engine, schedule, training.levels);
  const features = noiseFeatures(engine, levels.logSnr, network.noiseFeatures);
  const weights = levelWeights(network, levels, weightings.certificate);
  const probes = 24;
  const key = { seed, client, purpose: Purpose.probe };
  const noise = normals(engine, 2 * probes, { ...key, step: 1 });
  const rows = engine.arena.scope(() => {
    const out = engine.arena.allocate(4 * probes);
    fillIndices(engine, out, probes, 15, { ...key, step: 0 });
    return engine.arena.int32(out, probes).slice();
  });
  return (parameters) => {
    let sum = 0;
    for (let probe = 0; probe < probes; probe++) {
      const k = probe % 6;
      const level = { alpha: levels.alpha[k], sigma: levels.sigma[k] };
      const { cIn, cSkip, cOut } = parameterizations.v.at(level, 1);
      const x0 = points.subarray(2 * rows[probe], 2 * rows[probe] + 2);
      const x = [0, 1].map((i) => level.alpha * x0[i] + level.sigma * noise[2 * probe + i]);
      const [point, level4] = [x.map((value) => cIn * value), features.subarray(4 * k, 4 * k + 4)];
      const output =
        network.conditioning === "film"
          ? referenceForward(network, parameters, point, level4)
          : referenceForward(network, parameters, [...point, ...level4]);
      const squares = output.map((value, i) => (cSkip * x[i] + cOut * value - x0[i]) ** 2);
      sum += (weights[k] * (squares[0] + squares[1])) / 2 / probes;
    }
    return sum;
  };
}

describeEngines("network oracle", (engineOf) => {
  const start = (engine: Engine) => Float64Array.from(initializeParameters(engine, spec, 9));

  it.each([
    ["plain", spec],
    ["modulated", { ...spec, conditioning: "film", normalization: "rms" } satisfies NetworkSpec],
  ] as const)(
    "is the loss over the probes and its gradient, %s: against central differences in float64",
    (_, network) => {
      const engine = engineOf();
      const reference = referenceLoss(engine, network);
      // Fresh modulations are 0: something is added to all parameters.
      const theta = Float64Array.from(initializeParameters(engine, network, 9), (value, i) =>
        Math.fround(value + 0.1 * Math.sin(i)),
      );
      engine.arena.scope(() => {
        const { loss, gradient } = networkOracle(engine, { ...objective, network }, clientOf(engine)).exact(theta);
        expect(loss / reference(theta)).toBeCloseTo(1, 5);
        const scale = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
        gradient.forEach((value, i) => {
          const at = (shift: number) => reference(theta.map((entry, j) => entry + (i === j ? shift : 0)));
          const difference = (at(1e-5) - at(-1e-5)) / 2e-5;
          // 24 terms of float32 products: a few units of 2^-24 of the whole gradient.
          expect(Math.abs(value - difference)).toBeLessThan(4e-6 * scale);
        });
      });
    },
  );

  it("measures the curvature that float64 differences of the loss have along every direction, or more", () => {
    const engine = engineOf();
    const reference = referenceLoss(engine, spec);
    const theta = start(engine);
    const direction = normals(engine, theta.length, { seed: 4, purpose: Purpose.probe });
    const { smoothness } = engine.arena.scope(() =>
      measureClient(networkOracle(engine, objective, clientOf(engine)), {
        parameters: theta,
        keep: null,
        learningRate: 0.01,
        localSteps: 0,
        draws: 2,
        powerIterations: 12,
        direction,
      }),
    );
    let largest = 0;
    for (let trial = 0; trial < 200; trial++) {
      const v = normals(engine, theta.length, { seed: 100 + trial, purpose: Purpose.probe });
      const length = Math.sqrt(v.reduce((sum, value) => sum + value * value, 0));
      const at = (s: number) => reference(theta.map((value, i) => value + (s * v[i]) / length));
      largest = Math.max(largest, Math.abs(at(1e-3) - 2 * at(0) + at(-1e-3)) / 1e-6);
    }
    expect(smoothness.hessian).toBeGreaterThan(largest);
    // The Hessian's largest eigenvalue, by the power method on float64 second differences.
    let v = Float64Array.from(direction);
    let eigenvalue = 0;
    for (let iteration = 0; iteration < 12; iteration++) {
      const length = Math.sqrt(v.reduce((sum, value) => sum + value * value, 0));
      const unit = v.map((value) => value / length);
      const loss = (s: number, i: number, r: number) =>
        reference(theta.map((value, j) => value + s * unit[j] + (i === j ? r : 0)));
      const h = 1e-4;
      v = v.map((_, i) => (loss(h, i, h) - loss(h, i, -h) - loss(-h, i, h) + loss(-h, i, -h)) / (4 * h * h));
      eigenvalue = Math.sqrt(v.reduce((sum, value) => sum + value * value, 0));
    }
    // Over 1 % of |theta| the Hessian changes by about as much.
    expect(smoothness.hessian / eigenvalue).toBeCloseTo(1, 1);
  });

  it("draws the stochastic gradients of local training: one step of it is theta - eta times draw 0", () => {
    const engine = engineOf();
    const { client, round, points } = clientOf(engine);
    const theta = start(engine);
    const drawn = engine.arena.scope(() => networkOracle(engine, objective, clientOf(engine)).sample(theta, 0));
    const parameters = Float32Array.from(theta);
    engine.arena.scope(() => {
      const levels = trainingLevels(engine, schedule, objective.training.levels);
      trainLocally(engine, {
        spec,
        parameters,
        levelTable: engine.arena.copyIn(levelTable(engine, spec, levels, weightings.certificate)),
        points: engine.arena.copyIn(points),
        settings: objective.training,
        steps: 1,
        seed: objective.seed,
        round,
        client,
      });
    });
    parameters.forEach((value, i) => {
      expect(value).toBeCloseTo(theta[i] - 0.01 * drawn[i], 6);
    });
  });

  it("has stochastic gradients whose mean is that of infinitely many probes", () => {
    const engine = engineOf();
    const theta = start(engine);
    engine.arena.scope(() => {
      const many = networkOracle(engine, { ...objective, probes: 60000 }, clientOf(engine));
      const { gradient } = many.exact(theta);
      const draws = 3000;
      const sum = new Float64Array(theta.length);
      const squares = new Float64Array(theta.length);
      for (let draw = 0; draw < draws; draw++) {
        many.sample(theta, draw).forEach((value, i) => {
          sum[i] += value / draws;
          squares[i] += (value * value) / draws;
        });
      }
      let [distance, variance] = [0, 0];
      sum.forEach((value, i) => {
        distance += (value - gradient[i]) ** 2;
        variance += squares[i] - value * value;
      });
      // 48,000 drawn rows against 60,000 probes: |difference|^2 has mean variance (1 / 3000 + 1 / 3750) at most.
      expect(distance).toBeLessThan(3 * variance * (1 / draws + 16 / 60000));
    });
  });
});
