import { type Dataset, rowCount } from "../data/dataset.js";
import { createSchedule } from "../diffusion/schedules/index.js";
import type { Federation } from "../federation/federation.js";
import { describePartition } from "../federation/partitioners/index.js";
import { layoutOf } from "../network/spec.js";
import type { AprioriReport } from "../theory/apriori/apriori-bound.js";
import { certifyTrained, compareRun, finishApriori } from "./bounds.js";
import type { Certification } from "./certification.js";
import type { FixedGridConfig } from "./config/diffusion.js";
import type { ExperimentConfig } from "./config/schema.js";
import { describeCertification, describeComparison } from "./describe-certification.js";
import { evaluate } from "./evaluation.js";
import { stepsPerRound } from "./federations.js";
import { certifiedGrid } from "./grid.js";
import type { RoundRecord, RunHistory } from "./history.js";
import type { Model } from "./model.js";
import { plainApriori } from "./plain-apriori.js";
import type { ReadyRun } from "./ready-run.js";
import type { ExperimentResult } from "./result.js";
import { sampleInPool, sampleRequest } from "./sampling.js";
import type { BoundComparison } from "./sandwich.js";
import { train } from "./training.js";

/** All that a run gives. Samples are float32 [count, dimension] in the space of the data. */
export interface RunOutcome {
  readonly result: ExperimentResult;
  readonly model: Model;
  readonly samples: Float32Array;
  readonly referenceSamples: Float32Array | undefined;
  readonly heldOut: Dataset;
}

/** Trains the federation and its reference, samples both, measures, and puts the result together. */
export async function execute(run: ReadyRun): Promise<RunOutcome> {
  const { prepared, federation, reference } = run;
  const history = await trainStage(run, "training", federation);
  const referenceHistory = reference && (await trainStage(run, "reference", reference));
  const grid = await samplingGrid(run);
  const [latent, referenceLatent] = await drawSamples(run, grid, reference ? [federation, reference] : [federation]);
  const samples = prepared.transform.inverse(latent);
  const referenceSamples = referenceLatent && prepared.transform.inverse(referenceLatent);
  const measured = await measure(run, { samples, referenceSamples, latent, referenceLatent });
  const certification = await certifyTrained(run, grid);
  const apriori = await finishApriori(run, grid, history.dropped, certification);
  const comparison = await compareRun(run, grid, { latent, certification, apriori });
  return {
    result: describeResult(run, { history, referenceHistory, measured, certification, comparison, apriori }),
    model: modelOf(run, grid),
    samples,
    referenceSamples,
    heldOut: prepared.data.heldOut,
  };
}

function trainStage(run: ReadyRun, stage: RoundRecord["stage"], federation: Federation): Promise<RunHistory> {
  const { config, out, earlier, apriori, signal, onProgress } = run;
  return train({
    stage,
    federation,
    rounds: config.training.rounds,
    checkpointEvery: config.federation.checkpointEvery,
    folder: out,
    earlier: earlier?.[stage],
    onRound: stage === "training" && apriori ? (start) => apriori.onRound(start) : undefined,
    signal,
    onProgress,
  });
}

/** The grid of the config; a certified one without an exact law is made for the trained network now. */
async function samplingGrid(run: ReadyRun): Promise<FixedGridConfig> {
  const { config, prepared, pool, federation, signal, onProgress } = run;
  const { grid } = config.sampling;
  if (prepared.grid) return prepared.grid;
  if (grid.kind !== "certified") return grid;
  onProgress({ kind: "stage", stage: "grid", done: 0, total: 0 });
  const { dimension } = prepared.network;
  const source = {
    clean: { points: prepared.transform.forward(prepared.data.heldOut.points), dimension },
    denoiser: { spec: prepared.network, parameters: federation.samplingParameters },
    dimension,
  };
  return certifiedGrid(pool, grid, createSchedule(config.schedule), source, config.seed, signal);
}

/** Samples of each federation's network, in the space of the network; the same noise for all. */
async function drawSamples(
  run: ReadyRun,
  grid: FixedGridConfig,
  trained: readonly Federation[],
): Promise<Float32Array<ArrayBuffer>[]> {
  const { config, pool, signal, onProgress } = run;
  const { count } = config.sampling;
  const total = count * trained.length;
  onProgress({ kind: "stage", stage: "sampling", done: 0, total });
  const sets: Float32Array<ArrayBuffer>[] = [];
  for (const [index, federation] of trained.entries()) {
    const request = sampleRequest(run, grid, federation);
    const onAdvance = (done: number) =>
      onProgress({ kind: "advance", stage: "sampling", done: index * count + done, total });
    sets.push(await sampleInPool(pool, request, { signal, onAdvance }));
  }
  return sets;
}

interface DrawnSamples {
  readonly samples: Float32Array;
  readonly referenceSamples: Float32Array | undefined;
  readonly latent: Float32Array;
  readonly referenceLatent: Float32Array | undefined;
}

function measure(run: ReadyRun, drawn: DrawnSamples): Promise<ExperimentResult["measured"]> {
  const { config, prepared, pool, signal, onProgress } = run;
  const { divergences: names, samples: rows, space } = config.evaluation;
  const { transform, data, points } = prepared;
  const compared =
    space === "data"
      ? {
          space,
          dimension: transform.inputDimension,
          federated: drawn.samples,
          reference: drawn.referenceSamples,
          heldOut: data.heldOut.points,
          train: data.train.points,
        }
      : {
          space,
          dimension: transform.outputDimension,
          federated: drawn.latent,
          reference: drawn.referenceLatent,
          heldOut: transform.forward(data.heldOut.points),
          train: points,
        };
  onProgress({ kind: "stage", stage: "evaluation", done: 0, total: names.length * (drawn.referenceLatent ? 3 : 2) });
  const onAdvance = (done: number, total: number) => onProgress({ kind: "advance", stage: "evaluation", done, total });
  return evaluate(pool, compared, { names, rows, seed: config.seed, signal, onAdvance });
}

function modelOf({ config, prepared, federation }: ReadyRun, grid: FixedGridConfig): Model {
  const { name, schedule, sampling, seed } = config;
  const { imageShape } = prepared.data.train;
  return {
    name,
    network: prepared.network,
    parameters: federation.samplingParameters,
    schedule,
    transform: prepared.transform,
    sampling: { ...sampling, grid },
    seed,
    ...(imageShape && { imageShape }),
  };
}

interface Findings {
  readonly history: RunHistory;
  readonly referenceHistory: RunHistory | undefined;
  readonly measured: ExperimentResult["measured"];
  readonly certification: Certification | undefined;
  readonly comparison: BoundComparison | undefined;
  readonly apriori: AprioriReport | undefined;
}

function describeResult(
  run: ReadyRun,
  { history, referenceHistory, measured, certification, comparison, apriori }: Findings,
): ExperimentResult {
  const { config, prepared, federation, environment } = run;
  const { data, clientRows, keepRatios, network, transform } = prepared;
  const { labels } = data.train;
  const ledger = federation.coverage;
  return {
    schemaVersion: 1,
    name: config.name,
    config,
    seed: config.seed,
    environment,
    data: {
      train: rowCount(data.train),
      heldOut: rowCount(data.heldOut),
      dimension: transform.inputDimension,
      trainedDimension: transform.outputDimension,
    },
    network: { parameters: layoutOf(network).size },
    training: history.training(),
    coverage: history.coverage(network, ledger.runMinimum, ledger.neverCovered()),
    pruning: { noise: ledger.runPruningNoise, families: [config.pruning.family] },
    ...(labels && { partition: partitionOf(labels, clientRows) }),
    clients: history.clients(
      (id) => clientRows[id].length,
      (id) => keepRatios[id],
    ),
    measured,
    ...describeCertification(certification),
    ...describeComparison(comparison),
    ...(apriori && { apriori: plainApriori(apriori) }),
    ...(referenceHistory && { reference: describeReference(config, referenceHistory) }),
  };
}

function partitionOf(labels: Int32Array, clientRows: readonly Uint32Array[]) {
  const { classes, counts } = describePartition(labels, clientRows);
  return { classes: classes.map(String), counts: counts.map((row) => [...row]) };
}

function describeReference(config: ExperimentConfig, history: RunHistory) {
  const { rounds, loss, seconds, flops } = history.training();
  return { steps: rounds * stepsPerRound(config), loss, seconds, flops };
}
