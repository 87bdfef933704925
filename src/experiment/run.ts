import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { ArgumentTypeError, FedscoreError, requireObject } from "../errors.js";
import { poolTransport } from "../federation/pool-transport.js";
import { createEngine, type Variant } from "../kernels/index.js";
import { ComlinkPool } from "../workers/comlink/pool.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import { parseConfig } from "./config/parse.js";
import type { ConfigInput, ExperimentConfig } from "./config/schema.js";
import { describeEnvironment, packageVersion } from "./environment.js";
import { execute } from "./execute.js";
import { appendEvent, type LogEvent, rewriteEvents } from "./files/log.js";
import { fileNames } from "./files/names.js";
import { clearFolder, type FolderPlan, planFolder } from "./files/run-folder.js";
import { createPrunedFederation, createReference } from "./prepare/federations.js";
import { prepareRun } from "./prepare/prepare-run.js";
import { beginStage, type ProgressListener } from "./progress.js";
import { failedParts } from "./result/not-computed.js";
import { checkResult, type ExperimentResult, resultSchema } from "./result/schema.js";
import { AprioriProbe } from "./stages/apriori-probe.js";
import { readEarlierRun } from "./stages/earlier-run.js";
import type { ReadyRun } from "./stages/ready-run.js";
import { type DrawReport, writeResults } from "./write-results.js";

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
   * Trains, keeps the model, samples, measures and writes. A part of the result whose numbers fail says why in its place
   * ({ notComputed, code }), and the run goes on.
   * @throws FedscoreError FEDSCORE_ABORTED, FEDSCORE_WORKER, FEDSCORE_FILE, and FEDSCORE_NON_FINITE where training diverges; the folder keeps a
   * checkpoint of the last whole round.
   */
  run(): Promise<ExperimentResult>;
  /** Ends the workers. */
  close(): Promise<void>;
}

/**
 * Runs a config from beginning to end, as `fedscore run` does: reads the data, trains the federation in worker threads, samples, measures,
 * bounds, and writes the results where `options.out` is given. For Node. The same config and seed give the same bytes of the model.
 * @param config as a person writes it, of docs/config.md: defaults may be absent.
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG with one line a problem, and what `prepareExperiment` and `Experiment.run` throw.
 */
export async function runExperiment(config: ConfigInput, options: ExperimentOptions = {}): Promise<ExperimentResult> {
  return runConfig(parseConfig(config), options);
}

/** The same for a config that `parseConfig` gave. */
export async function runConfig(config: ExperimentConfig, options: ExperimentOptions): Promise<ExperimentResult> {
  const experiment = await prepareExperiment(config, options);
  try {
    return await experiment.run();
  } finally {
    await experiment.close();
  }
}

/**
 * Plans what to do with the output folder, reads the data and starts the workers.
 * @param config that `parseConfig` gave.
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG, FEDSCORE_INVALID_DATA, FEDSCORE_FILE, FEDSCORE_UNSUPPORTED, FEDSCORE_CHECKPOINT;
 * ArgumentTypeError for an option of another type.
 */
export async function prepareExperiment(
  config: ExperimentConfig,
  options: ExperimentOptions = {},
): Promise<Experiment> {
  requireOptions(options);
  const { out, signal, onProgress = () => {} } = options;
  const plan: FolderPlan = out === undefined ? { action: "start" } : planFolder(out, config, options);
  if (plan.action === "finished") return finishedExperiment(out ?? "", onProgress);
  const engine = await createEngine({ variant: chooseVariant(plan, options.variant ?? "auto") });
  beginStage(onProgress, "data");
  const prepared = await prepareRun(engine, config, options.folder ?? ".", signal);
  const { reading } = prepared.data.train;
  if (reading !== undefined) onProgress({ kind: "note", text: `data: ${reading}` });
  const pool =
    options.pool ??
    (await ComlinkPool.start(engine, { workers: options.workers ?? config.workers ?? availableParallelism() }));
  const closePool = async () => {
    if (!options.pool) await pool.close();
  };
  try {
    const transport = poolTransport(pool);
    const earlier = plan.action === "resume" && out !== undefined ? readEarlierRun(out) : undefined;
    const settings = config.apriori;
    const run: ReadyRun = {
      config,
      prepared,
      pool,
      federation: createPrunedFederation(engine, config, prepared, transport),
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

/** What callers in plain JavaScript may get wrong. */
function requireOptions(options: ExperimentOptions): void {
  requireObject("options", options);
  const { out, folder, pool, drawReport, signal, onProgress } = options;
  const types = { string: { out, folder }, object: { pool, signal }, function: { drawReport, onProgress } };
  for (const [type, values] of Object.entries(types)) {
    const wrong = Object.entries(values).find(([, value]) => value !== undefined && typeof value !== type);
    if (wrong) throw new ArgumentTypeError(`options.${wrong[0]}`, `must be of type ${type}`, wrong[1]);
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
    beginStage(onProgress, "writing");
    const result = await writeResults(out, outcome, drawReport);
    const failed = failedParts(result).map(({ part }) => part);
    log({ event: "done", ...(failed.length > 0 && { notComputed: failed }) });
    return result;
  } catch (error) {
    const code = error instanceof FedscoreError ? error.code : undefined;
    const message = error instanceof Error ? error.message : String(error);
    log(code === "FEDSCORE_ABORTED" ? { event: "interrupted" } : { event: "failed", message });
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
