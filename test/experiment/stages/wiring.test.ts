/** What a run hands to what: which seed, which rows, which options reach which call. Everything is seen through the pool that a caller gives. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { levelsOf } from "../../../src/diffusion/grid.js";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { parseConfig } from "../../../src/experiment/config/parse.js";
import type { ConfigInput } from "../../../src/experiment/config/schema.js";
import { folderInput } from "../../../src/experiment/files/folder-input.js";
import { federationOptions } from "../../../src/experiment/prepare/federations.js";
import { prepareRun } from "../../../src/experiment/prepare/prepare-run.js";
import { certifiedGrid } from "../../../src/experiment/prepare/sampling-grid.js";
import type { ExperimentResult } from "../../../src/experiment/result/schema.js";
import { runExperiment } from "../../../src/experiment/run.js";
import { measure } from "../../../src/experiment/stages/measure.js";
import { boundFromBelow, estimateByNeighbours } from "../../../src/experiment/stages/sample-comparison.js";
import { federationFields } from "../../../src/federation/federation-fields.js";
import { trainBlocks, training } from "../../../src/federation/training-tasks.js";
import { sampleBlock } from "../../../src/model/sample-block.js";
import { derivedSeed } from "../../../src/theory/certificate/seed.js";
import { runCertificateUnits } from "../../../src/theory/certificate/unit-task.js";
import { bandwidthOfRows } from "../../../src/theory/data-law/bandwidth.js";
import { classifiers } from "../../../src/theory/data-law/classifier-task.js";
import { informationDraws } from "../../../src/theory/data-law/information-task.js";
import { kernelSums } from "../../../src/theory/data-law/kernel-sums-task.js";
import { denoisingErrorRows } from "../../../src/theory/denoising-errors.js";
import { computed } from "../../support/computed.js";
import { RecordingPool } from "../../support/recording-pool.js";
import {
  common,
  engine,
  known,
  type RecordedRun,
  recorded,
  schedule,
  seed,
  unknown,
} from "../../support/wired-runs.js";
import { withoutTimes } from "../../support/without-times.js";

/** What samples are compared with fresh rows of the law for. */
function comparisonsOf(pool: RecordingPool) {
  return [...pool.callsOf(boundFromBelow), ...pool.callsOf(estimateByNeighbours)].map(({ input }) => input);
}

it("a run with a known law, or that asks for no certificate, says nothing of its law by rows", async () => {
  for (const input of [known, { ...unknown, certificate: false as const }])
    expect((await recorded(input)).result.dataLaw).toBeUndefined();
});

describe("a run with a known law", () => {
  let run: RecordedRun;
  beforeAll(async () => {
    run = await recorded(known);
  });

  it("uses its own seed for training, samples and intervals, and one of its own for each bound", () => {
    const { pool } = run;
    expect(pool.setupsOf(training).map((setup) => setup.seed)).toEqual([seed, seed]);
    expect(pool.callsOf(sampleBlock).map(({ input }) => input.seed)).toEqual([seed, seed, seed]);
    expect(new Set(pool.callsOf(measure).map(({ input }) => input.seed))).toEqual(new Set([seed]));
    expect(pool.setupsOf(runCertificateUnits.kept).map((setup) => setup.seed)).toEqual([
      derivedSeed(seed, "certificate"),
    ]);
    const below = derivedSeed(seed, "lowerBound");
    expect(comparisonsOf(pool).map((input) => input.seed)).toEqual([below, below]);
  });

  it("samples the moving average of the server's parameters, from the run and from its reference", async () => {
    const { pool } = run;
    const { ema: _, ...training } = common.training;
    const straight = await recorded({ ...known, training, certificate: false });
    const last = straight.pool.callsOf(sampleBlock).map(({ input }) => input.parameters);
    // Each round installs the server's parameters: two of the federation, then two of the reference.
    const starts = pool.setupsOf(trainBlocks.kept).map(({ parameters }) => parameters);
    expect(starts).toHaveLength(4);
    pool
      .callsOf(sampleBlock)
      .slice(0, 2)
      .forEach(({ input }, model) => {
        const first = starts[2 * model + 1];
        // Weights 1/4 and 1/2 of the rounds, over 3/4.
        const average = last[model].map((value, i) => (first[i] + 2 * value) / 3);
        const apart = input.parameters.reduce((most, value, i) => Math.max(most, Math.abs(value - average[i])), 0);
        expect(apart).toBeLessThan(1e-6);
        expect(input.parameters).not.toEqual(last[model]);
      });
  });

  it("samples as its config says, and certifies the sampler of its certificate before the last denoising", () => {
    const { pool, result, prepared } = run;
    const [federated, dense, certified] = pool.callsOf(sampleBlock).map(({ input }) => input);
    for (const model of [federated, dense]) {
      expect(model).toMatchObject({ sampler: "ancestral", denoiseLast: true, count: 60 });
    }
    expect(certified).toMatchObject({ sampler: "exponential-integrator", denoiseLast: false, count: 60 });
    expect(certified.parameters).toEqual(federated.parameters);
    const [setup] = pool.setupsOf(runCertificateUnits.kept);
    expect(setup).toMatchObject({ sampler: "exponential-integrator", schedule });
    expect(setup.network?.parameters).toEqual(federated.parameters);
    expect(setup.grid.times).toEqual(prepared.grid?.grid.times);
    expect(computed(result.certificate).assumptions.at(-1)?.statement).toMatch(/before its last denoising/);
  });

  it("bounds from below the samples that were certified, against the law at the grid's last level", () => {
    const { pool, prepared } = run;
    const certified = pool.callsOf(sampleBlock)[2].output;
    const grid = createGrid({ kind: "uniform-log-snr", steps: 6 }, createSchedule(schedule));
    for (const input of comparisonsOf(pool)) {
      expect(input.samples).toEqual(certified);
      expect(input.level).toEqual(levelsOf(createSchedule(schedule), grid).at(-1));
      expect({ law: input.law }).toEqual(prepared.law);
    }
  });

  it("has the confidence of its config in all bounds", () => {
    const { pool, result } = run;
    expect(pool.callsOf(boundFromBelow)[0].input.confidence).toBe(0.9);
    expect(computed(result.lowerBound).confidence).toBe(0.9);
    expect(computed(result.certificate).confidence).toBe(0.9);
  });

  it("measures samples, training rows and the reference's samples against held-out rows, equally many in one space", () => {
    const { pool, prepared, result } = run;
    const [federated, dense] = pool.callsOf(sampleBlock).map(({ output }) => output.subarray(0, 100));
    const calls = pool.callsOf(measure);
    expect(calls).toHaveLength(3);
    for (const { input } of calls) expect(input.b).toEqual(prepared.heldOut.subarray(0, 100));
    const valueFor = (a: Float32Array) =>
      calls.find(({ input }) => input.a.length === 100 && input.a.every((value, i) => value === a[i]))?.output.value;
    const { value, floor, reference } = computed(result.measured.energyDistance);
    expect(value).toBe(valueFor(federated));
    expect(computed(floor).value).toBe(valueFor(prepared.points.subarray(0, 100)));
    expect(computed(reference).value).toBe(valueFor(dense));
  });

  it("gives the reference as many steps as all participants of a round together", () => {
    const steps = run.pool.callsOf(trainBlocks.call).map(({ input }) => {
      const clients = input.input.blocks.flatMap((block) => block.clients);
      return clients.map(({ localSteps }) => localSteps);
    });
    expect(steps).toEqual([[2, 2], [2, 2], [4], [4]]);
    expect(computed(run.result.reference).steps).toBe(8);
  });
});

describe("a run that is certified for the sampler it samples with", () => {
  it.each([true, false])("bounds states before the last denoising from below: denoiseLast %s", async (denoiseLast) => {
    const { sampler: _, ...certificate } = { ...known.certificate, sampler: undefined };
    const { pool } = await recorded({
      ...known,
      sampling: { ...known.sampling, denoiseLast },
      certificate,
      reference: {},
    });
    const drawn = pool.callsOf(sampleBlock);
    expect(drawn.map(({ input }) => input.denoiseLast)).toEqual(denoiseLast ? [true, false] : [false]);
    for (const { samples } of comparisonsOf(pool)) expect(samples).toEqual(drawn.at(-1)?.output);
  });
});

describe("a run without a known law", () => {
  let run: RecordedRun;
  beforeAll(async () => {
    run = await recorded(unknown);
  });

  it("chooses its grid and bounds the likelihood on held-out rows, each with a seed of its own", () => {
    const { pool, prepared } = run;
    const [grid, bound, law] = pool.setupsOf(denoisingErrorRows.kept);
    expect([grid.commonNoise, bound.commonNoise]).toEqual([true, false]);
    const seeds = (["grid", "bound", "law"] as const).map((use) => derivedSeed(seed, use));
    expect([grid.seed, bound.seed, law.seed]).toEqual(seeds);
    const parameters = pool.callsOf(sampleBlock)[0].input.parameters;
    for (const { denoiser } of [grid, bound, law]) expect(denoiser).toMatchObject({ parameters });
    // What bounds are evaluated on had no part in the grid.
    expect(grid.clean).toEqual({ points: prepared.points, dimension: 2 });
    for (const { clean } of [bound, law]) expect(clean).toEqual({ points: prepared.heldOut, dimension: 2 });
  });

  it("is certified against its training rows, with a seed of its own and its own number of paths", () => {
    const { pool, prepared, result } = run;
    const [setup] = pool.setupsOf(runCertificateUnits.kept);
    expect(setup.seed).toBe(derivedSeed(seed, "certificate"));
    expect(setup.law).toEqual({ of: { kind: "empirical", points: prepared.points, dimension: 2 } });
    expect(result.variational).toMatchObject({ confidence: 0.9, samples: 40 });
    expect(computed(result.certificate).confidence).toBe(0.9);
    expect(computed(result.certificate).samples).toBe(120);
  });

  it("says of the law of its data what held-out rows and samples that nothing was fitted to say", () => {
    const { pool, prepared, result } = run;
    const law = computed(result.dataLaw);
    const [entropy] = pool.setupsOf(informationDraws.kept);
    expect(entropy.rows).toEqual({ points: prepared.heldOut, dimension: 2 });
    const { points } = computed(law.kl);
    expect(Array.from(entropy.logSnr)).toEqual(points.map(({ logSnr }) => logSnr));
    expect(points.at(-1)?.steps).toBe(6);
    expect(computed(law.kl).rows).toEqual({ coded: 40, entropy: 60 });
    const [kernel] = pool.setupsOf(kernelSums.kept);
    const [classified] = pool.setupsOf(classifiers.kept);
    const latent = pool.callsOf(sampleBlock)[0].output;
    for (const { p, q } of [kernel, classified]) {
      expect(p).toEqual(prepared.heldOut);
      expect(q).toEqual(latent);
    }
    const [asked] = pool.callsOf(bandwidthOfRows);
    expect(asked.input.rows.points).toEqual(prepared.points);
    expect(kernel.bandwidth).toBe(asked.output);
    const seeds = [entropy, kernel, classified].map((setup) => setup.seed);
    expect(new Set(seeds)).toEqual(new Set([derivedSeed(seed, "law")]));
    for (const part of [law.kl, law.mmd, law.totalVariation]) expect(computed(part).confidence).toBe(0.9);
  });

  it("counts training rows for the entropy where no transform was fitted to them", async () => {
    const { pool, prepared } = await recorded({ ...unknown, transforms: [] });
    const [entropy] = pool.setupsOf(informationDraws.kept);
    expect(entropy.rows.points).toEqual(Float32Array.of(...prepared.heldOut, ...prepared.points));
  });

  it("has seven different seeds for seven uses, whatever its own", () => {
    for (const own of [0, 1, 2 ** 49, 2 ** 50 + 3, 2 ** 52, 2 ** 53 - 1]) {
      const uses = (["certificate", "grid", "bound", "lowerBound", "errors", "law"] as const).map((use) =>
        derivedSeed(own, use),
      );
      expect(new Set([own, ...uses]).size).toBe(7);
    }
  });
});

it("a grid for a known law is chosen on paths of a seed of its own", async () => {
  const pool = new RecordingPool(engine);
  const law = { of: { kind: "ring" } } as const;
  const source = { clean: law, denoiser: law, dimension: 2 };
  await certifiedGrid(
    pool,
    { sampler: "ddim", grid: { kind: "certified", steps: 4 } },
    createSchedule(schedule),
    source,
    seed,
  );
  expect(pool.setupsOf(denoisingErrorRows.kept).map((setup) => setup.seed)).toEqual([derivedSeed(seed, "grid")]);
});

describe("what a run prepares", () => {
  const prepare = (input: ConfigInput) => prepareRun(engine, parseConfig(input), folderInput("."), undefined);

  it.each<[string, ConfigInput["transforms"]]>([
    ["no transform", []],
    ["one scale", [{ kind: "standardize", scale: "global" }]],
    ["one component", [{ kind: "pca", components: 1 }]],
  ])("moments and sigmaData are those of the rows that the network sees: %s", async (_, transforms) => {
    const { points, heldOut, data, transform, moments, network } = await prepare({
      ...unknown,
      ...(transforms && { transforms }),
    });
    const d = network.dimension;
    const rows = points.length / d;
    const means = Array.from({ length: d }, (_, j) =>
      points.reduce((sum, value, at) => sum + (at % d === j ? value / rows : 0), 0),
    );
    const variance = points.reduce((sum, value, at) => sum + (value - means[at % d]) ** 2 / rows, 0);
    const second = points.reduce((sum, value) => sum + value ** 2 / rows, 0);
    // Rows are rounded to float32 after the transform, moments are not.
    expect(Math.abs(moments.variance / variance - 1)).toBeLessThan(1e-5);
    expect(Math.abs(moments.secondMoment / second - 1)).toBeLessThan(1e-5);
    expect(Math.abs(network.sigmaData / Math.sqrt(variance / d) - 1)).toBeLessThan(1e-5);
    expect(heldOut).toEqual(transform.forward(data.heldOut.points));
    expect(points).toEqual(transform.forward(data.train.points));
  });

  it("client n has capacity n modulo the length of the list", async () => {
    const { keepRatios } = await prepare({ ...known, federation: { clients: 5, capacities: [1, 0.5, 0.25] } });
    expect(keepRatios).toEqual([1, 0.5, 0.25, 1, 0.5]);
  });

  it("a federation gets every setting of its config", async () => {
    const own = { rounds: 3, localSteps: 7, ema: 0.25, seed: 9 };
    const federation = {
      participation: 0.75,
      capacityAssignment: "dynamic",
      weighting: "samples",
      nonFinite: "drop",
      deadline: 600,
      minimumUpdates: 2,
      aggregationGoal: 3,
      server: { kind: "fedadam", learningRate: 0.3 },
      clientRule: { kind: "fedprox", mu: 0.2 },
      encoding: { kind: "top-k", share: 0.2 },
      downlink: "bfloat16",
    } as const;
    const { seed: _, ...trained } = own;
    const training = { ...trained, batchSize: 24, clipNorm: 2, weighting: "snr", optimizer: { kind: "sgd" } } as const;
    const config = parseConfig({ ...known, seed: 9, training, federation: { clients: 4, ...federation } });
    const options = federationOptions(config, await prepareRun(engine, config, folderInput("."), undefined));
    expect(options).toMatchObject({ ...own, ...federation });
    expect(options.training).toMatchObject({
      batchSize: 24,
      clipNorm: 2,
      weighting: "snr",
      optimizer: { kind: "sgd" },
    });
    // Every setting that a federation has is among them, at a value that is not its default.
    for (const [name, field] of Object.entries(federationFields)) {
      expect(Reflect.get(options, name), name).toBeDefined();
      expect(Reflect.get(options, name), name).not.toBe(field.absent);
    }
  });
});

it("the a-priori bound has the run's own coverage, probed rounds and irreducible loss", async () => {
  const { result } = await recorded({
    ...known,
    training: {
      rounds: 5,
      localSteps: 2,
      batchSize: 16,
      optimizer: { kind: "sgd", learningRate: 1e-3 },
      weighting: "certificate",
      levels: { spacing: "grid" },
    },
    reference: {},
    apriori: { every: 2, probes: 8, draws: 2 },
  });
  const { gradient, irreducible } = computed(result.apriori);
  expect(gradient.perProbe.map(({ round }) => round)).toEqual([0, 1, 2, 5]);
  expect(result.coverage.min).toBeLessThan(2);
  expect(gradient.constants.coverageMin.value).toBe(result.coverage.min);
  expect(gradient.constants.clients.value).toBe(2);
  // 1/2 sum of the steps' widths times the certificate's mmse.
  const { steps } = computed(result.certificate);
  if (!steps) throw new Error("no steps");
  const { snr, mmse } = steps;
  const end = Math.exp(createSchedule(schedule).logSnr(schedule.tMin));
  const loss = mmse.reduce((sum, value, k) => sum + 0.5 * ((snr[k + 1] ?? end) - snr[k]) * value, 0);
  expect(irreducible.value).toBeCloseTo(loss, 9);
});

describe("a run that was killed between two checkpoints", () => {
  const folder = mkdtempSync(join(tmpdir(), "fedscore-wiring-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("goes on from the last one, and its result has each round once", async () => {
    const config: ConfigInput = {
      ...common,
      data: { kind: "ring", train: 100, heldOut: 60 },
      training: { rounds: 5, localSteps: 2, batchSize: 16 },
      federation: { clients: 4, checkpointEvery: 2 },
      sampling: { grid: { kind: "uniform-log-snr", steps: 3 }, count: 50 },
      certificate: false,
    };
    const [out, cut] = [join(folder, "whole"), join(folder, "cut")];
    const pool = new RecordingPool(engine);
    const whole = await runExperiment(config, {
      out,
      pool,
      variant: "simd",
      // What a kill behind round 3 leaves: its line in the log, and the checkpoint of round 2.
      onProgress: (event) => event.kind === "round" && event.done === 3 && cpSync(out, cut, { recursive: true }),
    });
    // The copy says that this process holds it; after a kill nobody does.
    rmSync(join(cut, "fedscore.lock"));
    const resumed = await runExperiment(config, { out: cut, pool, resume: true });
    const rounds = (result: ExperimentResult) => result.training.perRound.map(({ seconds: _, ...round }) => round);
    expect(rounds(resumed).map(({ round }) => round)).toEqual([0, 1, 2, 3, 4]);
    expect(rounds(resumed)).toEqual(rounds(whole));
    expect(withoutTimes(resumed)).toEqual(withoutTimes(whole));
  });
});
