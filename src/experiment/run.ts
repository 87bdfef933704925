import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { FedscoreError } from "../errors.js";
import { poolTransport } from "../federation/pool-transport.js";
import { createEngine, type Variant } from "../kernels/index.js";
import { ComlinkPool } from "../workers/comlink/pool.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import { AprioriProbe } from "./apriori.js";
import { parseConfig } from "./config/parse.js";
import type { ConfigInput } from "./config/schema.js";
import { describeEnvironment, packageVersion } from "./environment.js";
import { execute } from "./execute.js";
import { createClients, createReference } from "./federations.js";
import { appendEvent, type LogEvent, readEvents, rewriteEvents } from "./files/log.js";
import { fileNames } from "./files/names.js";
import { clearFolder, type FolderPlan, planFolder, removeCheckpoints } from "./files/run-folder.js";
import type { RoundRecord } from "./history.js";
import { prepareRun } from "./prepare.js";
import type { ProbeEvent } from "./probe-event.js";
import type { ProgressListener } from "./progress.js";
import type { ReadyRun } from "./ready-run.js";
import { checkResult, type ExperimentResult, resultSchema } from "./result.js";
import { earlierStage } from "./training.js";
import { type DrawReport, writeResults } from "./write.js";

/** Where a run reads, writes and computes; none of it changes a byte of the model but `variant`. */
export interface ExperimentOptions {
  /** Output folder. Absent: nothing is written. */
  readonly out?: string | undefined;
  /** Folder that paths in the config are relative to. Default: the working directory. */
  readonly folder?: string | undefined;
  /** Worker threads. Default: the config's, else one per core. They change no byte of the model. */
  readonly workers?: number | undefined;
  /** Build of the kernels. Default "auto". */
  readonly variant?: Variant | "auto" | undefined;
  /** Workers that several runs share; they stay open. Default: workers of the run's own, of which `workers` says how many. */
  readonly pool?: WorkerPool | undefined;
  /** Go on from the checkpoint of an interrupted run of this config in `out`; a finished one is returned as it is. */
  readonly resume?: boolean | undefined;
  /** Replace another run in `out`. */
  readonly overwrite?: boolean | undefined;
  /** Makes report.html. Absent: no report is written. */
  readonly drawReport?: DrawReport | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/** A run whose input is known to be good. Nothing has been written yet. */
export interface Experiment {
  /**
   * Trains, samples, measures and writes.
   * @throws FedscoreError FEDSCORE_ABORTED, FEDSCORE_WORKER, FEDSCORE_FILE, when the folder keeps a checkpoint of the last whole
   * round; FEDSCORE_NON_FINITE, when it does not.
   */
  run(): Promise<ExperimentResult>;
  /** Ends the workers. */
  close(): Promise<void>;
}

/** Runs a config from beginning to end; see ExperimentOptions and Experiment. */
export async function runExperiment(config: ConfigInput, options: ExperimentOptions = {}): Promise<ExperimentResult> {
  const experiment = await prepareExperiment(config, options);
  try {
    return await experiment.run();
  } finally {
    await experiment.close();
  }
}

/**
 * Validates a config, plans what to do with the output folder, reads the data and starts the workers.
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG, FEDSCORE_INVALID_DATA, FEDSCORE_FILE, FEDSCORE_UNSUPPORTED, FEDSCORE_CHECKPOINT.
 */
export async function prepareExperiment(input: ConfigInput, options: ExperimentOptions = {}): Promise<Experiment> {
  const config = parseConfig(input);
  const { out, signal, onProgress = () => {} } = options;
  const plan: FolderPlan = out === undefined ? { action: "start" } : planFolder(out, config, options);
  if (plan.action === "finished") return finishedExperiment(out ?? "", onProgress);
  const engine = await createEngine({ variant: chooseVariant(plan, options.variant ?? "auto") });
  onProgress({ kind: "stage", stage: "data", done: 0, total: 0 });
  const prepared = await prepareRun(engine, config, options.folder ?? ".", signal);
  const pool =
    options.pool ??
    (await ComlinkPool.start(engine, { workers: options.workers ?? config.workers ?? availableParallelism() }));
  const closePool = async () => {
    if (!options.pool) await pool.close();
  };
  try {
    const transport = poolTransport(pool);
    const earlier = plan.action === "resume" && out !== undefined ? earlierRun(out) : undefined;
    const settings = config.apriori;
    const run: ReadyRun = {
      config,
      prepared,
      pool,
      federation: createClients(engine, config, prepared, transport),
      reference: config.reference.dense ? createReference(engine, config, prepared, transport) : undefined,
      environment: describeEnvironment(engine.variant, pool.size),
      out,
      earlier,
      apriori: settings
        ? new AprioriProbe(pool, { config, settings, prepared, out, earlier: earlier?.probes ?? [], signal })
        : undefined,
      signal,
      onProgress,
    };
    return { run: () => runLogged(run, options.drawReport), close: closePool };
  } catch (error) {
    await closePool();
    throw error;
  }
}

/** Runs with a folder around it: log, checkpoints, results. */
async function runLogged(run: ReadyRun, drawReport: DrawReport | undefined): Promise<ExperimentResult> {
  const { out, onProgress } = run;
  if (out === undefined) return checkResult((await execute(run)).result);
  const log = openLog(out, run);
  try {
    const outcome = await execute(run);
    checkResult(outcome.result);
    onProgress({ kind: "stage", stage: "writing", done: 0, total: 0 });
    log({ event: "done" });
    writeResults(out, outcome, drawReport);
    return outcome.result;
  } catch (error) {
    const code = error instanceof FedscoreError ? error.code : undefined;
    const message = error instanceof Error ? error.message : String(error);
    log(code === "FEDSCORE_ABORTED" ? { event: "interrupted" } : { event: "failed", message });
    // The same config would fail again at the same step: there is nothing to go on to.
    if (code === "FEDSCORE_NON_FINITE") removeCheckpoints(out);
    throw error;
  }
}

/** Begins the log of a run, or goes on with it after the rounds that its checkpoints hold. */
function openLog(out: string, { config, environment, earlier }: ReadyRun): (event: LogEvent) => void {
  const path = join(out, fileNames.log);
  const start = { event: "start", config, ...environment };
  if (earlier) {
    const rounds = [...(earlier.training?.rounds ?? []), ...(earlier.reference?.rounds ?? [])];
    const { probes } = earlier;
    rewriteEvents(path, [start, ...rounds.map((record) => ({ ...record })), ...probes, { event: "resumed" }]);
  } else {
    clearFolder(out);
    appendEvent(path, start);
  }
  return (event) => appendEvent(path, event);
}

function earlierRun(out: string): NonNullable<ReadyRun["earlier"]> {
  const events = readEvents(join(out, fileNames.log));
  const records = events.filter(isRound);
  const training = earlierStage(out, "training", records);
  const done = training?.rounds.length ?? 0;
  return {
    training,
    reference: earlierStage(out, "reference", records),
    probes: events.filter(isProbe).filter(({ round }) => round < done),
  };
}

/** A line of the log was written by an AprioriProbe. */
function isProbe(event: LogEvent): event is ProbeEvent {
  return event.event === "probe";
}

/** A line of the log was written by `recordOf`. */
function isRound(event: LogEvent): event is LogEvent & RoundRecord {
  return event.event === "round";
}

/** A resumed run goes on with the version and the build that it began with: others may round differently. */
function chooseVariant(plan: FolderPlan, wanted: Variant | "auto"): Variant | "auto" {
  if (plan.action !== "resume") return wanted;
  const version = packageVersion();
  if (plan.start.version !== version) {
    const problem = `cannot resume with fedscore ${version}: the run was begun with ${plan.start.version}`;
    throw new FedscoreError("FEDSCORE_CHECKPOINT", problem, { version, begun: plan.start.version });
  }
  const begun = plan.start.variant as Variant;
  if (wanted === "auto" || wanted === begun) return begun;
  const message = `cannot resume with variant "${wanted}": the run was begun with "${begun}"`;
  throw new FedscoreError("FEDSCORE_CHECKPOINT", message, { wanted, begun });
}

/** A complete run that is asked to go on. */
function finishedExperiment(out: string, onProgress: ProgressListener): Experiment {
  return {
    run: async () => {
      onProgress({ kind: "note", text: `${out} holds the finished run of this config already: nothing is left to do` });
      return resultSchema.parse(JSON.parse(readFileSync(join(out, fileNames.result), "utf8")));
    },
    close: async () => {},
  };
}
