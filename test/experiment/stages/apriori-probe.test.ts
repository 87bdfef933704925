import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { parseConfig } from "../../../src/experiment/config/parse.js";
import { runExperiment } from "../../../src/experiment/run.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { computed } from "../../support/computed.js";
import { simdEngine } from "../../support/engines.js";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const config = {
  name: "apriori",
  data: { kind: "ring", modes: 2, radius: 1, train: 400, heldOut: 100 },
  schedule: { kind: "vp-cosine", tMin: 0.1, tMax: 0.98 },
  network: { hidden: [8, 8], noiseFeatures: 4, parameterization: "x0" },
  training: {
    rounds: 9,
    localSteps: 2,
    batchSize: 32,
    optimizer: { kind: "sgd", learningRate: 2e-4 },
    weighting: "certificate",
    levels: { spacing: "grid" },
  },
  federation: { clients: 3, capacities: [1, 0.75] },
  pruning: { family: "rolling" },
  sampling: { grid: { kind: "uniform-log-snr", steps: 10 }, count: 50 },
  evaluation: { divergences: [] },
  certificate: { paths: 512, intervalRows: 0 },
  apriori: { every: 4, probes: 30 },
} as const;

const run = async (overrides: object = {}, out?: string) => {
  const pool = new InThreadPool(await simdEngine());
  return runExperiment(parseConfig({ ...config, ...overrides }), { pool, variant: "simd", ...(out && { out }) });
};

it("puts the a-priori bound of a run and each term beside its measured value into the result", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fedscore-apriori-"));
  folders.push(folder);
  const apriori = computed((await run({}, join(folder, "out"))).apriori);
  expect(apriori.vacuous).toBeUndefined();
  expect(apriori.value ?? 0).toBeGreaterThan(apriori.score.value ?? 0);
  for (const { measured, eachRound, largest } of Object.values(apriori.scores)) {
    expect(measured ?? Number.NaN).toBeLessThan(eachRound ?? 0);
    expect(eachRound ?? Number.NaN).toBeLessThanOrEqual(largest ?? 0);
  }
  expect(apriori.lastBound.value ?? 0).toBeGreaterThan(apriori.lastScore.value ?? 0);
  // Round 0, one of 1 to 3, one of 4 to 7, one of 8 to 11; and the end.
  const rounds = apriori.gradient.perProbe.map(({ round }) => round);
  expect(rounds).toEqual([0, 1, 4, 8, 9]);
  expect(apriori.gradient.measured ?? Number.NaN).toBeLessThan(apriori.gradient.value ?? 0);
  expect(apriori.gradient.constants.smoothness.how).toMatch(/power iteration/);
  const lines = readFileSync(join(folder, "out", "log.jsonl"), "utf8")
    .trim()
    .split("\n");
  const events = lines.map((line) => JSON.parse(line) as { event: string; round?: number });
  expect(apriori.gradient.perProbe.map(({ assigned }) => assigned?.localSteps.most.value)).toEqual([
    ...[2, 2, 2, 2],
    undefined,
  ]);
  const probes = events.filter(({ event }) => event === "probe");
  expect(probes.map(({ round }) => round)).toEqual(rounds);
});

it.each([1, 2, 3])("bounds the measured scores of examples/apriori.json at reduced size, seed %i", async (seed) => {
  const example = JSON.parse(readFileSync(new URL("../../../examples/apriori.json", import.meta.url), "utf8"));
  const { data, training, network, sampling } = example;
  const small = {
    ...example,
    seed,
    data: { ...data, train: 400, heldOut: 100 },
    network: { ...network, hidden: [16, 16] },
    training: { ...training, rounds: 60, optimizer: { kind: "sgd", learningRate: 3e-4 } },
    sampling: { ...sampling, grid: { ...sampling.grid, steps: 20 }, count: 50 },
    evaluation: { divergences: [] },
    certificate: { paths: 1024, intervalRows: 0 },
    apriori: { every: 10, probes: 60 },
  };
  const pool = new InThreadPool(await simdEngine());
  const { scores, gradient, vacuous } = computed(
    (await runExperiment(parseConfig(small), { pool, variant: "simd" })).apriori,
  );
  expect(vacuous).toBeUndefined();
  expect(gradient.conditions).toContainEqual(
    expect.objectContaining({ assumed: true, evidence: expect.stringMatching(/^7 of 60 .* drawn at random$/) }),
  );
  for (const { measured, eachRound, largest } of Object.values(scores)) {
    expect(measured).toBeGreaterThan(0);
    expect(eachRound).toBeGreaterThan(measured ?? Number.NaN);
    expect(largest).toBeGreaterThan(eachRound ?? Number.NaN);
  }
});

it("has no value for another optimizer, server or weighting, and says why", { tags: ["slow"] }, async () => {
  const { training } = config;
  const adam = await run({ training: { ...training, optimizer: { kind: "adam" } } });
  expect(computed(adam.apriori).value).toBeNull();
  expect(computed(adam.apriori).vacuous).toMatch(/plain SGD: the local optimizer is adam/);
  const clipped = await run({ training: { ...training, clipNorm: 1 } });
  expect(computed(clipped.apriori).vacuous).toMatch(/the local optimizer is sgd with gradients clipped to 1/);
  const slow = await run({ federation: { clients: 3, server: { kind: "fedavg", learningRate: 0.5 } } });
  expect(computed(slow.apriori).vacuous).toMatch(/the server optimizer is fedavg with learning rate 0\.5/);
  const proximal = await run({ federation: { clients: 3, clientRule: { kind: "fedprox" } } });
  const { value, score, gradient } = computed(proximal.apriori);
  expect([value, score.value, gradient.value]).toEqual([null, null, null]);
  expect(computed(proximal.apriori).vacuous).toMatch(
    /the local optimizer is sgd with gradients changed by the client rule fedprox/,
  );
  expect(gradient.perProbe.map(({ smoothness }) => smoothness.local)).toEqual(Array(5).fill(null));
  const averaged = computed((await run({ training: { ...training, ema: 0.9 } })).apriori);
  expect(averaged.vacuous).toMatch(/a moving average of decay 0\.9 is sampled/);
  expect(averaged.gradient.value ?? 0).toBeGreaterThan(averaged.gradient.measured ?? Number.NaN);
  const simple = await run({ training: { ...training, weighting: "simple" } });
  expect(computed(simple.apriori).vacuous).toMatch(/the weighting is simple/);
  const deterministic = await run({ sampling: { ...config.sampling, sampler: "ddim" } });
  expect(computed(deterministic.apriori).vacuous).toMatch(/path KL/);
  expect(computed(deterministic.apriori).score.value).not.toBeNull();
});

it("measures a fixed choice of more than 64 clients, some of which take no part in a round", async () => {
  const found = await run({
    federation: { clients: 80, participation: 0.5 },
    training: { ...config.training, rounds: 2 },
  });
  const { conditions, perProbe, constants, measured, value } = computed(found.apriori).gradient;
  expect(conditions.at(-1)?.statement).toMatch(/64 of 80 clients/);
  expect(constants.clients.value).toBe(40);
  expect(perProbe[0].masked?.heterogeneity).toBeGreaterThan(0);
  expect(measured ?? 0).toBeLessThan(value ?? 0);
});

it("changes no parameter of the model, and is left out by default", async () => {
  const [probed, plain] = [await run(), await run({ apriori: false })];
  expect(plain.apriori).toBeUndefined();
  expect(plain.checksums.parameters).toBe(probed.checksums.parameters);
  expect(() => parseConfig({ ...config, apriori: { every: 0 } })).toThrow(/config\.apriori/);
});
