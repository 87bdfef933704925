import { rowCount } from "../../data/dataset.js";
import { execute, type RunOutcome } from "../../experiment/execute.js";
import { checksumsOf } from "../../experiment/prepare/checksums.js";
import { type PreparedRun, prepareRun } from "../../experiment/prepare/prepare-run.js";
import type { ProgressEvent } from "../../experiment/progress.js";
import { readyRun } from "../../experiment/ready.js";
import { checkResult } from "../../experiment/result/schema.js";
import { attempt } from "../../experiment/stages/attempt.js";
import type { RunWatcher } from "../../experiment/stages/run-watcher.js";
import { modelOf } from "../../experiment/stages/sample.js";
import { createEngine, type Engine } from "../../kernels/index.js";
import { layoutOf } from "../../network/spec.js";
import { fedscoreVersion } from "../../remote/version.js";
import { ComlinkPool } from "../../workers/comlink/pool.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import { ClientsWatch } from "./clients-watch.js";
import { CoverageWatch } from "./coverage-watch.js";
import type { Gate } from "./gate.js";
import { earlyLooks, lookOf, rowsSoFar } from "./looks.js";
import type { LabRequest, RunEvent, RunFacts, Trajectory } from "./messages.js";
import { pageEnvironment } from "./page-environment.js";
import { pageInput } from "./page-input.js";
import { buffersOfTrajectory, finalOf, previewOf } from "./trajectory.js";

/** Milliseconds between two messages to the page of what changes all the time. */
const beat = 120;
/** Milliseconds between two previews, and how many times as long as one of them takes. */
const previewEvery = 2500;
const previewRest = 12;

/** How a run in the lab is told of and held. */
export interface LabRun {
  readonly request: Extract<LabRequest, { readonly kind: "run" }>;
  /** Address of the page. */
  readonly base: string;
  readonly gate: Gate;
  readonly signal: AbortSignal;
  readonly tell: (event: RunEvent, transfer?: ArrayBufferLike[]) => void;
}

/**
 * Runs a config from beginning to end with the strict build of the kernels, as `fedscore run` does.
 * @throws FedscoreError as a run does.
 */
export async function runInLab({ request, base, gate, signal, tell }: LabRun): Promise<RunOutcome> {
  const { config } = request;
  const engine = await createEngine({ variant: "simd" });
  const progress = progressTeller(tell);
  const prepared = await prepareRun(engine, config, await pageInput(request, base), signal, progress.hear);
  const { reading } = prepared.data.train;
  if (reading !== undefined) tell({ kind: "note", text: `data: ${reading}` });
  const pool = await ComlinkPool.start(engine, config.workers === undefined ? {} : { workers: config.workers });
  try {
    const environment = pageEnvironment(engine.variant, pool.size);
    tell({ kind: "begun", facts: factsOf(prepared, environment) });
    const clients = new ClientsWatch(config.federation.clients);
    let training = false;
    const watched = clients.watching(pool, () => (training ? Promise.resolve() : gate.pass(signal)));
    const identity = {
      ...{ version: fedscoreVersion, variant: engine.variant, config },
      checksums: checksumsOf(config, prepared.data),
    };
    const around = { environment, identity, keeper: undefined, earlier: undefined, signal };
    const run = readyRun(engine, config, prepared, {
      ...around,
      pool: watched,
      onProgress(event) {
        if (event.kind === "stage") training = event.stage === "training" || event.stage === "reference";
        progress.hear(event);
      },
      watcher: watcherOf({ engine, prepared, pool: watched, clients, gate, progress, signal, tell }, (parameters) =>
        modelOf(run, { samplingParameters: parameters }),
      ),
    });
    const outcome = await execute(run);
    checkResult(outcome.result);
    return outcome;
  } finally {
    await pool.close();
  }
}

function factsOf(
  { data, law, network, rowCounts, keepRatios }: PreparedRun,
  environment: RunFacts["environment"],
): RunFacts {
  return {
    environment,
    trainRows: rowCount(data.train),
    heldOutRows: rowCount(data.heldOut),
    dimension: data.train.dimension,
    parameters: layoutOf(network).size,
    hasRowsAlone: !("law" in law),
    clients: rowCounts.map((rows, client) => ({ rows, keepRatio: keepRatios[client] })),
  };
}

/** Tells what a run says of itself, not more often than the page can show it. */
interface ProgressTeller {
  hear(event: ProgressEvent): void;
  /** Tells of the rounds that were not told yet. */
  flush(): void;
}

function progressTeller(tell: LabRun["tell"]): ProgressTeller {
  let told = 0;
  let losses: number[] = [];
  let untold: Extract<ProgressEvent, { readonly kind: "round" }> | undefined;
  const flush = () => {
    if (!untold) return;
    const { stage, done, total, secondsLeft } = untold;
    tell({ kind: "rounds", stage, done, total, loss: losses, secondsLeft });
    untold = undefined;
    losses = [];
  };
  const hear = (event: ProgressEvent) => {
    if (event.kind === "note") return tell(event);
    if (event.kind === "round") {
      if (event.loss !== undefined) losses.push(event.loss);
      untold = event;
    }
    const now = performance.now();
    const isLast = event.kind === "stage" || event.done === event.total;
    if (!isLast && now - told < beat) return;
    told = now;
    flush();
    const { stage, done, total } = event;
    if (event.kind !== "round") tell({ kind: "stage", stage, done, total });
  };
  return { hear, flush };
}

interface Watched {
  readonly engine: Engine;
  readonly prepared: PreparedRun;
  readonly pool: WorkerPool;
  readonly clients: ClientsWatch;
  readonly gate: Gate;
  readonly progress: ProgressTeller;
  readonly signal: AbortSignal;
  readonly tell: LabRun["tell"];
}

function watcherOf(
  { engine, prepared, pool, clients, gate, progress, signal, tell }: Watched,
  modelAt: (parameters: Float32Array) => ReturnType<typeof modelOf>,
): RunWatcher {
  const coverage = new CoverageWatch(prepared.network);
  const show = (trajectory: Trajectory) => tell({ kind: "trajectory", trajectory }, buffersOfTrajectory(trajectory));
  let told = 0;
  let nextPreview = 0;
  const tellClients = () => {
    told = performance.now();
    tell({ kind: "clients", clients: clients.now });
    tell({ kind: "coverage", coverage: coverage.now });
  };
  const preview = async (round: number, parameters: Float32Array) => {
    const begin = performance.now();
    // What fails here fails in the run's own samples too, which say so.
    await attempt(() => show(previewOf(engine, modelAt(parameters), prepared, round)));
    const end = performance.now();
    nextPreview = end + Math.max(previewEvery, previewRest * (end - begin));
  };
  return {
    async onRound(stage, { round, parameters, assignments }) {
      if (gate.shut) {
        progress.flush();
        if (stage === "training" && round > 0) {
          tellClients();
          await preview(round, parameters);
        }
      }
      await gate.pass(signal);
      if (stage !== "training") return;
      clients.begin(
        round,
        assignments.map(({ client }) => client),
      );
      coverage.add(assignments.map(({ mask }) => mask));
      const begin = performance.now();
      if (begin >= nextPreview) await preview(round, parameters);
      if (begin - told >= beat) tellClients();
    },
    onRecord({ stage, clients: { id, loss } }) {
      if (stage !== "training") return;
      clients.end(id, loss);
    },
    onModel(model) {
      tellClients();
      void attempt(() => show(finalOf(engine, model, prepared)));
    },
    async onCertify(subject, settings) {
      progress.hear({ kind: "stage", stage: "certificate", done: 0, total: 0 });
      const onLook = (certificate: Parameters<typeof lookOf>[0]) => {
        const look = lookOf(certificate, false);
        if (look) tell({ kind: "look", look });
        tell({ kind: "sandwich", rows: rowsSoFar({ certification: { certificate } }) });
      };
      await earlyLooks(pool, subject, settings, { signal, onLook });
    },
    onBounds(bounds) {
      const { certification, interval } = bounds;
      const certificate = certification?.certificate;
      const look = certificate && "terms" in certificate ? lookOf(certificate, true) : undefined;
      if (look && interval === undefined) tell({ kind: "look", look });
      tell({ kind: "sandwich", rows: rowsSoFar(bounds) });
    },
  };
}
