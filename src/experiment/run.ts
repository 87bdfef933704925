import { availableParallelism } from "node:os";
import { ArgumentTypeError } from "../errors.js";
import { type CompiledKernels, createEngine, type Variant } from "../kernels/index.js";
import { keysOf, requireOptions as requireKnown } from "../options.js";
import { ComlinkPool } from "../workers/comlink/pool.js";
import { requirePool, type WorkerPool } from "../workers/worker-pool.js";
import { parseConfig } from "./config/parse.js";
import type { ConfigInput, ExperimentConfig } from "./config/schema.js";
import { describeEnvironment, packageVersion } from "./environment.js";
import { execute } from "./execute.js";
import { cannotResume } from "./files/checkpoint-file.js";
import { folderInput } from "./files/folder-input.js";
import { lockFolder } from "./files/lock.js";
import { finishedResult } from "./folder/held-result.js";
import { another, type FolderPlan, planFolder, refusal } from "./folder/plan.js";
import { folderKeeper } from "./keep/folder-keeper.js";
import { readEarlierRun } from "./keep/read-earlier-run.js";
import { openLog } from "./keep/run-log.js";
import { changedConfig, checksumsOf, dataChecksum, isRead } from "./prepare/checksums.js";
import { initialChecksum } from "./prepare/initial-parameters.js";
import { loadData } from "./prepare/load-data.js";
import { prepareRun } from "./prepare/prepare-run.js";
import type { ProgressListener } from "./progress.js";
import { readyRun } from "./ready.js";
import { checkResult, type ExperimentResult } from "./result/schema.js";
import { runLogged } from "./run-logged.js";
import type { ReadyRun } from "./stages/ready-run.js";
import type { DrawReport } from "./write-results.js";

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
  /** Opens the workers of this run, once its build of the kernels is known; they are closed with it. Default: worker threads. */
  readonly openPool?: ((kernels: CompiledKernels) => Promise<WorkerPool>) | undefined;
  /**
   * Go on from the checkpoint in `out`, of a run of this config that was interrupted or had fewer rounds; a finished one is returned as it is.
   */
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
  /** Ends the workers and gives the folder back. */
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
 * Takes the output folder, plans what to do with it, reads the data and starts the workers.
 * @param given that `parseConfig` gave.
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG, FEDSCORE_INVALID_DATA, FEDSCORE_FILE, FEDSCORE_UNSUPPORTED, FEDSCORE_CHECKPOINT;
 * ArgumentTypeError for an option of another type.
 */
export async function prepareExperiment(given: ExperimentConfig, options: ExperimentOptions = {}): Promise<Experiment> {
  const config = parseConfig(given);
  requireOptions(options);
  const { out } = options;
  if (out === undefined) return startExperiment(config, options, { action: "start" });
  const release = lockFolder(out);
  try {
    const plan = planFolder(out, config, options);
    const experiment =
      plan.action === "finished"
        ? await finishedExperiment(out, config, options)
        : await startExperiment(config, options, plan);
    const close = () => experiment.close().finally(release);
    return { run: () => experiment.run(), close };
  } catch (error) {
    release();
    throw error;
  }
}

async function startExperiment(
  config: ExperimentConfig,
  options: ExperimentOptions,
  plan: Exclude<FolderPlan, { readonly action: "finished" }>,
): Promise<Experiment> {
  const { out, signal, onProgress = () => {} } = options;
  const engine = await createEngine({ variant: chooseVariant(plan, options.variant ?? "auto") });
  const prepared = await prepareRun(engine, config, folderInput(options.folder ?? "."), signal, onProgress);
  const { reading } = prepared.data.train;
  if (reading !== undefined) onProgress({ kind: "note", text: `data: ${reading}` });
  const { variant } = engine;
  const identity = { version: packageVersion(), variant, config, checksums: checksumsOf(config, prepared.data) };
  const earlier = plan.action === "resume" && out !== undefined ? readEarlierRun(out, config, identity) : undefined;
  const workers = options.workers ?? config.workers ?? availableParallelism();
  const { openPool = (kernels) => ComlinkPool.start(kernels, { workers }) } = options;
  const pool = options.pool ?? (await openPool(engine));
  const closePool = async () => {
    if (!options.pool) await pool.close();
  };
  try {
    const run = readyRun(engine, config, prepared, {
      ...{ pool, environment: describeEnvironment(variant, pool.size), identity, earlier, signal, onProgress },
      keeper: out === undefined ? undefined : folderKeeper(out, config),
    });
    return { run: () => inFolder(run, options), close: closePool };
  } catch (error) {
    await closePool();
    throw error;
  }
}

const optionKeys = keysOf<ExperimentOptions>({
  ...{ out: true, folder: true, workers: true, variant: true, pool: true, openPool: true },
  ...{ resume: true, overwrite: true, drawReport: true, signal: true, onProgress: true },
});

/** What callers in plain JavaScript may get wrong. */
function requireOptions(options: ExperimentOptions): void {
  requireKnown("options", options, optionKeys);
  const { out, folder, pool, openPool, resume, overwrite, drawReport, onProgress } = options;
  const callbacks = { openPool, drawReport, onProgress };
  const types = { string: { out, folder }, boolean: { resume, overwrite }, function: callbacks };
  for (const [type, values] of Object.entries(types)) {
    const wrong = Object.entries(values).find(([, value]) => value !== undefined && typeof value !== type);
    if (wrong) throw new ArgumentTypeError(`options.${wrong[0]}`, `must be of type ${type}`, wrong[1]);
  }
  if (pool !== undefined) requirePool(pool);
}

/** Runs with a folder around it: log, checkpoints, results. */
async function inFolder(run: ReadyRun, { out, drawReport }: ExperimentOptions): Promise<ExperimentResult> {
  const { onProgress } = run;
  if (out === undefined) return checkResult((await execute(run)).result);
  return runLogged({ out, log: openLog(out, run), drawReport, onProgress }, () => execute(run));
}

/** A resumed run goes on with the version and the build that it began with: others may round differently. */
function chooseVariant(plan: FolderPlan, wanted: Variant | "auto"): Variant | "auto" {
  if (plan.action !== "resume") return wanted;
  const { version: begun, variant } = plan.run;
  const version = packageVersion();
  if (begun !== version) {
    throw cannotResume(plan.path, `the run was begun with fedscore ${begun}, this is ${version}`, { version, begun });
  }
  if (wanted !== "auto" && wanted !== variant) {
    throw cannotResume(plan.path, `the run was begun with variant "${variant}", not "${wanted}"`, {
      wanted,
      begun: variant,
    });
  }
  return variant;
}

/** A complete run that is asked to go on. @throws FedscoreError FEDSCORE_FILE where its config or the data are not those of the run any more. */
async function finishedExperiment(
  out: string,
  config: ExperimentConfig,
  { folder = ".", variant = "auto", onProgress = () => {} }: ExperimentOptions,
): Promise<Experiment> {
  const result = finishedResult(out);
  const begun = result.environment.variant;
  if (variant !== "auto" && variant !== begun) {
    throw refusal(
      out,
      `it holds the finished run of this config with variant "${begun}", not "${variant}": choose ${another}`,
    );
  }
  const changed = changedConfig(result);
  if (changed !== undefined) throw refusal(out, `its ${changed}. Choose ${another}`);
  const engine = await createEngine({ variant: begun });
  const { initialize } = config.training;
  if (
    initialize !== undefined &&
    initialChecksum(engine, initialize, folderInput(folder)) !== result.checksums.initial
  ) {
    const reason =
      "it holds the finished run of this config from another model: config.training.initialize has other parameters now";
    throw refusal(out, `${reason}. Choose ${another}`);
  }
  if (isRead(config)) {
    const data = await loadData(engine, config, folderInput(folder));
    if (dataChecksum(data) !== result.checksums.data) {
      const reason = "it holds the finished run of this config on other data: config.data now gives other rows";
      throw refusal(out, `${reason}. Choose ${another}`);
    }
  }
  return {
    run: async () => {
      onProgress({ kind: "note", text: `${out} holds the finished run of this config already: nothing is left to do` });
      return result;
    },
    close: async () => {},
  };
}
