import { readFileSync } from "node:fs";
import * as data from "../../src/entries/data.js";
import * as diffusion from "../../src/entries/diffusion.js";
import * as divergence from "../../src/entries/divergence.js";
import * as federation from "../../src/entries/federation.js";
import * as model from "../../src/entries/model.js";
import * as pruning from "../../src/entries/pruning.js";
import * as targets from "../../src/entries/targets.js";
import * as theory from "../../src/entries/theory.js";
import * as workers from "../../src/entries/workers.js";
import { sweepResultSchema } from "../../src/experiment/sweep/result.js";
import type { FederationOptions } from "../../src/index.js";
import { testTransport } from "../federation/support.js";
import { aprioriInput, facts, kind, probes } from "./apriori-run.js";
import { simdEngine } from "./engines.js";
import { networkOf, numberedParameters } from "./networks.js";
import { publicFunctions } from "./public-functions.js";
import { reportResult } from "./report-input.js";
import { smallRun, sweep } from "./small-run.js";
import { tableCalls } from "./table-calls.js";

const engine = await simdEngine();
const room = engine.arena.floats(64).pointer;
const schedule = diffusion.createSchedule({ kind: "vp-cosine" });
const grid = diffusion.createGrid({ kind: "uniform-log-snr", steps: 4 }, schedule);
const spec = networkOf();
const parameters = numberedParameters(spec);
const denoiser = diffusion.denoiserFromFunction(2, (x, _batch, _level, out) => out.set(x));
const points = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i));
const rows = Uint32Array.of(0, 1, 2, 3);
const sampled = { sampleRate: 0.1, noiseMultiplier: 1, steps: 3 };
const labels = Int32Array.from({ length: 20 }, (_, i) => i % 2);
const sampler = diffusion.samplers.ancestral;
const moments = data.clientMoments(
  engine,
  points,
  2,
  Uint32Array.from({ length: 20 }, (_, i) => i),
);
const dataMoments = { dimension: 2, variance: 1, secondMoment: 1 };
const pool = new workers.InThreadPool(engine);
const mask = { kind: "structured", kept: [Uint32Array.of(0, 2), Uint32Array.of(1), Uint32Array.of(0, 8)] } as const;
const submodel = pruning.extract(engine, spec, parameters, mask).parameters;
const key = { seed: 1, purpose: 3 };
const gaussian = { mean: Float64Array.of(0, 1), covariance: Float64Array.of(2, 0, 0, 2) };
const trained = {
  name: "model",
  network: networkOf({ dimension: 2 }),
  parameters: numberedParameters(networkOf({ dimension: 2 })).fill(0.01),
  schedule: { kind: "vp-cosine" },
  transform: data.fitTransforms(engine, [{ kind: "standardize" }], moments),
  sampling: { sampler: "ancestral", grid: { kind: "uniform", steps: 2 }, count: 3, denoiseLast: false },
  seed: 1,
} as const;
const trainedMask = { kind: "structured", kept: trained.network.hidden.map(() => Uint32Array.of(0)) } as const;
const npy = data.writeNpy(points, [20, 2]);
const csv = new TextEncoder().encode("1,2\n3,4\n");
const law = { of: { kind: "ring" } } as const;
const task = workers.defineTask({ name: "t", open: () => 1, run: () => 2 });
const classifier = divergence.trainClassifier(
  engine,
  { points, dimension: 2, labels },
  { hidden: [4], epochs: 1, batchSize: 8, learningRate: 0.01, shift: 0, seed: 1 },
);
const judged = { ...divergence.classify(engine, classifier, points), asked: labels };
const curve = theory.gaussianMmseCurve([1, 2], theory.snrLadder(schedule, { steps: 4 }, 9));
const federationOptions = {
  network: { dimension: 2, sigmaData: 1, hidden: [4] },
  training: { optimizer: { kind: "adam" as const }, levels: { count: 4 } },
  points,
  clients: [{ rows }],
  maskFamily: pruning.createMaskFamily({ kind: "rolling" }),
  transport: testTransport(engine),
} satisfies FederationOptions;
const oracle = {
  size: 2,
  exact: (x: Float64Array) => ({ loss: 0.5 * x.reduce((sum, value) => sum + value * value, 0), gradient: x.slice() }),
  sample: (x: Float64Array, draw: number) => x.map((value) => value + (draw % 2 === 0 ? 0.1 : -0.1)),
};
const small = networkOf({ dimension: 2 });
const levels = diffusion.trainingLevels(engine, schedule, { spacing: "time", count: 4 });
const table = diffusion.levelTable(engine, small, levels, diffusion.weightings.simple);
const settings = {
  ...{ batchSize: 4, weighting: "simple", optimizer: { kind: "sgd", learningRate: 0.1 } },
  levels: { spacing: "time", count: 4 },
};
const setup = {
  ...{ id: "setup", seed: 1, network: small, schedule: { kind: "vp-cosine" }, training: settings },
  ...{ clientRule: { kind: "plain" }, points, clientRows: { starts: Uint32Array.of(0, 20) } },
};
const block = {
  ...{ id: "setup/0/0", setup: "setup", round: 0, block: 0, flops: 1, nonFinite: "stop", commonMask: { kind: "full" } },
  clients: [{ client: 0, mask: { kind: "full" }, localSteps: 1, weight: 1 }],
};
const update = {
  ...{ id: "setup/0/0", round: 0, block: 0, sum: numberedParameters(small), absent: [] },
  reports: [{ client: 0, loss: 1, steps: 1, flops: 1, parameters: 1 }],
};
const device = { name: "board", flopsPerSecond: 1e9, memoryBytes: 2 ** 30, uplink: 1e6, downlink: 1e6 };
const devicedOptions = { ...federationOptions, devices: { profiles: [device] } };
const fleet = new TextEncoder().encode("name,flopsPerSecond,memoryBytes,uplink,downlink\nboard,1e9,1e9,1e6,1e6\n");
const outcome = { local: numberedParameters(small), report: update.reports[0] };
const localRequest = {
  ...{
    spec: small,
    parameters: numberedParameters(small).fill(0.01),
    settings,
    steps: 1,
    seed: 1,
    round: 0,
    client: 0,
  },
  ...{ levelTable: engine.arena.copyIn(table), points: engine.arena.copyIn(points) },
};
const clientProbe = {
  ...{ parameters: [1, 2], keep: Uint8Array.of(1, 0), learningRate: 0.1, localSteps: 2 },
  ...{ draws: 2, powerIterations: 2, direction: [1, 1] },
};
const probeOptions = {
  network: networkOf({ dimension: 2 }),
  schedule: { kind: "vp-cosine" },
  training: settings,
  seed: 1,
  probes: 8,
  points,
  clientRows: [rows],
};
const signal = AbortSignal.abort();
const sweepResult = sweepResultSchema.parse(JSON.parse(readFileSync("docs/experiments/steps.json", "utf8")));
const upperBound = {
  ...{ name: "bound", value: 1, upper: 2, unit: "nats", bitsPerDimension: 1, confidence: 0.95 },
  ...{ terms: {}, assumptions: [], interval: null, samples: 8 },
};
const lowerBound = {
  ...{ theorem: "data-processing", value: 0.1, estimate: 0.2, confidence: 0.95, unit: "nats", bitsPerDimension: 0.1 },
  ...{ method: "projection", rows: { choice: 8, evaluation: 8 }, assumptions: [] },
};
const certificateRequest = {
  schedule: { kind: "vp-cosine" },
  grid,
  sampler: "ancestral",
  law,
  network: undefined,
  seed: 1,
};

const targetRequest = { target: targets.createTarget({ kind: "ring" }), schedule, grid, sampler: "ancestral", seed: 1 };

publicFunctions.set("Federation.train", async (...parameters) => {
  const run = federation.createFederation(engine, { ...federationOptions, rounds: 1 });
  for await (const _ of Reflect.apply(run.train, run, parameters)) break;
});

const halfGiven = { points: Float32Array.of(1, 0), given: Uint8Array.of(1, 0) };

/** A legal call of each function: its arguments, in which one thing at a time is then wrong. */
export const legal: Readonly<Record<string, readonly unknown[]>> = {
  BlockFold: [setup, numberedParameters(small), block],
  CoverageLedger: [spec],
  Federation: [engine, federationOptions],
  InThreadPool: [engine],
  MlpSession: [engine, small, 4, "training"],
  RandomStream: [engine, key],
  RoundFold: [2, [1, 0]],
  ScoreNetwork: [spec, parameters],
  TrainingProbe: [pool, probeOptions],
  aprioriReport: [aprioriInput],
  asymptoticGridSnr: [curve, 2],
  bentonRates: [schedule, grid, 2],
  analyticStepCost: [2],
  certifiedTimes: [curve, schedule, { steps: 4 }],
  certificateLoss: [0.5, 2],
  certifyInPool: [pool, certificateRequest, { paths: 16 }],
  certifyTarget: [engine, targetRequest, { paths: 16 }],
  klIntervalInPool: [pool, certificateRequest, { rows: 256, k: 1 }],
  classify: [engine, classifier, points],
  clientMoments: [engine, points, 2, rows],
  compareGrids: [curve, schedule, { steps: 4 }],
  failedParts: [reportResult()],
  compileKernels: [{ variant: "simd" }],
  configJsonSchema: [],
  covarianceOf: [moments],
  createAggregation: ["aggregation", { kind: "median" }],
  createEncoding: [engine, { kind: "top-k", share: 0.5 }],
  createEngine: [{ variant: "simd" }],
  createFederation: [engine, federationOptions],
  createVirtualClock: [engine, 1],
  fitCapacities: [engine, devicedOptions],
  planFederation: [engine, devicedOptions],
  readDeviceProfiles: [fleet, "fleet.csv"],
  createGrid: [{ kind: "uniform-log-snr", steps: 4 }, schedule],
  createLaw: [law],
  createMaskFamily: [{ kind: "prefix" }],
  createOptimizer: [engine, { kind: "adam" }, 4],
  createRate: [engine, { kind: "cosine", rounds: 4 }],
  createSampler: [{ kind: "ddim", eta: 0.5 }],
  createSchedule: [{ kind: "vp-cosine", tMin: 0.01 }],
  createTarget: [{ kind: "ring", modes: 8 }],
  defineKept: [{ name: "kept", open: () => 1 }],
  defineTask: [{ name: "task", open: () => 1, run: () => 2 }],
  denoiserFromFunction: [2, () => undefined, () => undefined],
  derivedSeed: [1, "bound"],
  describePartition: [labels, [rows]],
  discretizationOf: [curve, [0, 2, 4]],
  discretizationOn: [curve, schedule, grid],
  estimateMmse: [pool, { clean: law, denoiser: law, seed: 1, dimension: 2, snr: Float64Array.of(0.5, 1), samples: 4 }],
  stepErrors: [pool, { clean: law, denoiser: law, seed: 1, dimension: 2, schedule, grid, samples: 4 }],
  curvedStepCost: [
    pool,
    { sampler: "jvp", clean: { points, dimension: 2 }, denoiser: law, dimension: 2, curve, seed: 1, samples: 1 },
  ],
  equalShareTimes: [schedule, grid, new Float64Array(grid.times.length - 1), 2, 3],
  evaluationsPerSample: [{ schedule, grid, sampler }],
  epsilonOf: [[sampled], 1e-5, { points: 64 }],
  expandMask: [spec, mask],
  extract: [engine, spec, parameters, mask],
  fillIndices: [engine, room, 3, 5, key],
  fillNormal: [engine, room, 3, key],
  fillUniform: [engine, room, 3, key],
  fitTransforms: [engine, [{ kind: "standardize" }], moments],
  flowLikelihood: [
    engine,
    {
      denoiser: diffusion.denoiserFromFunction(
        2,
        (x, _batch, _level, out) => out.set(x),
        (x, tangents, _batch, _level, out, products) => {
          out.set(x);
          products.set(tangents);
        },
      ),
      schedule,
      states: points,
    },
  ],
  followFlow: [engine, { denoiser, schedule, states: points, from: 0.9, to: 0.1 }],
  foldClients: [setup, numberedParameters(small), block, [outcome]],
  gaussianKl: [0, 1, 0, 2],
  gaussianLaw: [{ schedule, grid, sampler, variance: 1 }],
  gaussianDelta: [1, 0.5],
  gaussianEpsilon: [1, 1e-5],
  gaussianMmseCurve: [[1, 2], Float64Array.of(0.5, 1, 2)],
  gradientReport: [probes, { ...facts, infimum: { value: 0.5, how: "closed form" } }, kind],
  hold: [pool, task, 1],
  initializeParameters: [engine, spec, 1],
  instantiate: [engine],
  invert: [engine, { denoiser, schedule, grid, sampler: diffusion.samplers.ddim, states: points }],
  irreducibleLoss: [schedule, grid, [1, 1, 1, 1]],
  kappaOf: [grid, schedule],
  keep: [pool, task.kept, 1],
  keptFlops: [spec, mask],
  keptParameters: [spec, mask],
  klLowerBound: [engine, points, points, 2, { seed: 1 }],
  largestMmse: [dataMoments, 1],
  layoutOf: [spec],
  levelAt: [schedule, 0.5],
  ownLevelAt: [schedule, 0.5],
  levelOfLogSnr: [1, 0.5],
  levelDraws: [engine, levels.logSnr, { kind: "importance" }, Float64Array.of(1)],
  levelTable: [engine, small, levels, diffusion.weightings.simple],
  levelWeights: [small, levels, diffusion.weightings.simple],
  levelsOf: [schedule, grid],
  loadMnist: [],
  loadModel: [engine, model.saveModel(trained), "file"],
  maskedCopy: [spec, mask, parameters],
  matmul: [engine, points, points, 20, 2, 20],
  meanOf: [moments],
  measureClient: [oracle, clientProbe],
  mmseCurve: [Float64Array.of(1, 2), Float64Array.of(2, 1)],
  lossEpsilon: [[sampled], 1e-5, 64],
  lawKlCurve: [
    pool,
    { schedule, grid, heldOut: { points, dimension: 2 }, denoiser: law, seed: 1 },
    { rows: 4, draws: 20, points: 2 },
  ],
  medianBandwidth: [pool, { rows: { points, dimension: 2 }, seed: 1 }],
  mmdInterval: [pool, { data: points, samples: points, dimension: 2, bandwidth: 1, seed: 1 }],
  multivariateGaussianKl: [gaussian, gaussian],
  multivariateGaussianW2: [engine, gaussian, gaussian],
  noiseFor: [[{ sampleRate: 1, steps: 3 }], { epsilon: 1, delta: 1e-5 }],
  noiseFeatures: [engine, Float64Array.of(0, 1), 4],
  noisedSample: [engine, targets.createTarget({ kind: "ring" }), { alpha: 0.5, sigma: 0.5 }, 4, 1],
  normals: [engine, 3, key],
  openTraining: [engine, setup],
  openPool: [engine, { workers: 0 }],
  poolTransport: [pool],
  replayTransport: [federationOptions.transport, [{ round: 0, absent: [{ client: 0, reason: "late" }] }]],
  checkBlockUpdate: [small, block, update],
  optimalGridIndices: [curve, 2],
  ouTime: [1],
  packedLength: [4, 4],
  parseConfig: [{ name: "run", data: { kind: "ring", train: 10, heldOut: 4 } }],
  parseMnist: [[new TextEncoder().encode(`{"data":[${new Array(784).fill(0).join()}]}`)]],
  parseSweep: [JSON.parse(readFileSync("experiments/steps.json", "utf8"))],
  partition: [engine, { kind: "dirichlet", concentration: 1 }, { count: 20, clients: 2, labels, seed: 1 }],
  portableMath: [engine],
  prunedModel: [engine, trained, trainedMask],
  prepareExperiment: [smallRun, { pool, folder: "." }],
  readCsv: [csv, "table.csv", { header: false }],
  readDataset: [{ bytes: npy, source: "x.npy" }, { format: { kind: "npy" } }],
  readIdx: [Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7), "x.idx"],
  readNpy: [npy, "x.npy"],
  readNpz: [data.writeNpz([{ name: "a", shape: [2], values: Float32Array.of(1, 2) }]), "x.npz"],
  readSafetensors: [model.saveModel(trained), "x.safetensors"],
  readConfig: ["examples/mixture.json"],
  readSweep: ["experiments/steps.json"],
  renyiDivergence: [[sampled], 2],
  renyiEpsilon: [[sampled], 1e-5, [2, 4]],
  renderComparison: [[{ label: "a", result: reportResult() }]],
  renderReport: [reportResult()],
  renderSweepReport: [sweepResult],
  renderSweepSvg: [sweepResult, 0],
  resultJsonSchema: [],
  rowEntropy: [pool, { rows: { points, dimension: 2 }, logSnr: [0, 1], seed: 1 }, { draws: 20 }],
  rowCount: [{ points, dimension: 2 }],
  runExperiment: [smallRun, { pool, signal }],
  runSweep: [sweep, { workers: 1, signal }],
  runReport: [{ result: reportResult(), samples: points, heldOut: { points, dimension: 2 } }],
  sample: [engine, { count: 3, denoiser, schedule, grid, sampler, seed: 1 }],
  sampledClasses: [engine, trained, { count: 2 }],
  trainingRows: [{ dimension: 2, classes: 3 }, points, new Int32Array(points.length / 2)],
  sampleBlocks: [pool, trained, { count: 2 }],
  sampleGiven: [
    engine,
    { denoiser, schedule, grid, seed: 1, particles: 2, points: halfGiven.points, given: halfGiven.given },
  ],
  sampleModelGiven: [engine, trained, halfGiven],
  sampleModelGivenInPool: [pool, trained, halfGiven],
  sampleModel: [engine, trained, { count: 2 }],
  sampleModelInPool: [pool, trained, { count: 2 }],
  sandwich: [
    {
      lowerBound,
      estimates: { neighbours: { value: 0.3, low: 0.2, high: 0.4, details: {} } },
      exact: 0.25,
      certificate: { ...upperBound, theorem: "ancestral" },
      apriori: { ...upperBound, theorem: "whole-bound" },
    },
  ],
  samplerToOnnx: [trained, { sampler: "ddim" }],
  saveModel: [trained],
  scatter: [engine, spec, submodel, mask, parameters.slice()],
  selectRows: [{ points, dimension: 2, labels }, rows],
  snrOf: [{ t: 0.5, alpha: 0.8, sigma: 0.6, logSnr: 1 }],
  snrLadder: [schedule, { steps: 4 }, 5],
  splitDataset: [engine, { points, dimension: 2 }, { heldOut: 0.5, seed: 1 }],
  streamWords: [key],
  sumMoments: [[moments, moments]],
  summedMoments: [engine, points, 2, [rows]],
  supportsRelaxedSimd: [],
  supportsSimd: [],
  toOnnx: [trained],
  totalVariationLowerBound: [pool, { data: points, samples: points, dimension: 2, seed: 1 }],
  trainClassifier: [
    engine,
    { points, dimension: 2, labels },
    { hidden: [4], epochs: 1, batchSize: 8, learningRate: 0.01, shift: 0, seed: 1 },
  ],
  trainLocally: [engine, localRequest],
  trainingKindOf: [{ training: { optimizer: { kind: "sgd" } }, clients: [{ localSteps: 3 }], ema: 0.5 }],
  trainingLevels: [engine, schedule, { spacing: "time", count: 4 }],
  transformFromJSON: [engine, JSON.parse(JSON.stringify(trained.transform)), "file"],
  uniforms: [engine, 3, key],
  userMasks: [[mask]],
  validateGrid: ["grid", grid.times, schedule],
  validateMask: ["mask", spec, mask],
  variationalBound: [pool, { schedule, grid, heldOut: { points, dimension: 2 }, denoiser: law, seed: 1 }, { rows: 4 }],
  worstAnalyticDiscretization: [schedule, { ...grid, errors: new Float64Array(grid.times.length - 1) }, dataMoments],
  worstAncestralDiscretization: [schedule, grid, dataMoments],
  worstEulerMaruyamaDiscretization: [schedule, grid, dataMoments],
  worstExponentialIntegratorDiscretization: [schedule, grid, dataMoments],
  writeCsv: [points, 2],
  writeIdx: [points, [20, 2]],
  writeNpy: [points, [20, 2]],
  writeNpz: [[{ name: "a", shape: [2], values: Float32Array.of(1, 2) }]],
  writeSafetensors: [[{ name: "a", shape: [2], values: Float32Array.of(1, 2) }], { format: "x" }],
  "Federation.train": [{ checkpoint: { every: 1, save: async () => undefined }, onRound: () => undefined }],
  ...tableCalls(engine, pool, trained),
  ...Object.fromEntries(
    Object.keys(divergence.judges).map((name) => [`judges.${name}.evaluate`, [engine, judged, judged, { seed: 1 }]]),
  ),
  ...Object.fromEntries(
    Object.keys(divergence.divergences).map((name) => [`${name}.evaluate`, [engine, points, points, 2, { seed: 1 }]]),
  ),
};
