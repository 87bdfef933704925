import { type Dataset, rowCount } from "../data/dataset.js";
import type { Federation } from "../federation/federation.js";
import { describePartition } from "../federation/partitioners/index.js";
import type { WorkerPool } from "../federation/worker-pool.js";
import { layoutOf } from "../network/spec.js";
import type { ExperimentConfig } from "./config/schema.js";
import { evaluate } from "./evaluation.js";
import { stepsPerRound } from "./federations.js";
import type { RoundRecord, RunHistory } from "./history.js";
import type { Model } from "./model.js";
import type { PreparedRun } from "./prepare.js";
import type { ProgressListener } from "./progress.js";
import type { ExperimentResult } from "./result.js";
import { sampleInPool } from "./sampling.js";
import { type EarlierStage, train } from "./training.js";

/** A run that is ready to train. */
export interface ReadyRun {
  readonly config: ExperimentConfig;
  readonly prepared: PreparedRun;
  readonly pool: WorkerPool;
  readonly federation: Federation;
  /** The dense reference, where the config asks for it. */
  readonly reference: Federation | undefined;
  readonly environment: ExperimentResult["environment"];
  /** Where log and checkpoints go; undefined: nowhere. */
  readonly out: string | undefined;
  /** What an interrupted run left that is continued; undefined: start. */
  readonly earlier:
    | { readonly training: EarlierStage | undefined; readonly reference: EarlierStage | undefined }
    | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ProgressListener;
}

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
  const [latent, referenceLatent] = await drawSamples(run, reference ? [federation, reference] : [federation]);
  const samples = prepared.transform.inverse(latent);
  const referenceSamples = referenceLatent && prepared.transform.inverse(referenceLatent);
  const measured = await measure(run, { samples, referenceSamples, latent, referenceLatent });
  return {
    result: describeResult(run, { history, referenceHistory, measured }),
    model: modelOf(run),
    samples,
    referenceSamples,
    heldOut: prepared.data.heldOut,
  };
}

function trainStage(run: ReadyRun, stage: RoundRecord["stage"], federation: Federation): Promise<RunHistory> {
  const { config, out, earlier, signal, onProgress } = run;
  return train({
    stage,
    federation,
    rounds: config.training.rounds,
    checkpointEvery: config.federation.checkpointEvery,
    folder: out,
    earlier: earlier?.[stage],
    signal,
    onProgress,
  });
}

/** Samples of each federation's network, in the space of the network; the same noise for all. */
async function drawSamples(run: ReadyRun, trained: readonly Federation[]): Promise<Float32Array<ArrayBuffer>[]> {
  const { config, prepared, pool, signal, onProgress } = run;
  const { sampler, grid, count, denoiseLast } = config.sampling;
  const total = count * trained.length;
  onProgress({ kind: "stage", stage: "sampling", done: 0, total });
  const sets: Float32Array<ArrayBuffer>[] = [];
  for (const [index, federation] of trained.entries()) {
    const request = {
      network: prepared.network,
      parameters: federation.samplingParameters,
      schedule: config.schedule,
      grid,
      sampler,
      denoiseLast,
      seed: config.seed,
      count,
    };
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

function modelOf({ config, prepared, federation }: ReadyRun): Model {
  const { name, schedule, sampling, seed } = config;
  const { imageShape } = prepared.data.train;
  return {
    name,
    network: prepared.network,
    parameters: federation.samplingParameters,
    schedule,
    transform: prepared.transform,
    sampling,
    seed,
    ...(imageShape && { imageShape }),
  };
}

interface Findings {
  readonly history: RunHistory;
  readonly referenceHistory: RunHistory | undefined;
  readonly measured: ExperimentResult["measured"];
}

function describeResult(run: ReadyRun, { history, referenceHistory, measured }: Findings): ExperimentResult {
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
