import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type ErrorCode,
  FedscoreError,
  isFedscoreError,
  requireBoolean,
  requireFunction,
  requireInteger,
  requireText,
  throwIfAborted,
} from "../../errors.js";
import { type CompiledKernels, compileKernels, instantiate, type Variant } from "../../kernels/index.js";
import { keysOf, requireOptions } from "../../options.js";
import { ComlinkPool } from "../../workers/comlink/pool.js";
import { concurrently } from "../../workers/concurrent.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import type { Json } from "../config/paths.js";
import { describeEnvironment, packageVersion } from "../environment.js";
import { lockFolder } from "../files/lock.js";
import { isNotComputed, type NotComputed, type Part } from "../result/not-computed.js";
import { measurePathsOf, parseSweep, type SweepConfig } from "./config.js";
import { jobKinds } from "./jobs/index.js";
import type { JobContext, SweepJob, SweepJobKind } from "./jobs/job.js";
import { requireFound } from "./measure-paths.js";
import { describePoint, pointHash, pointsOf, type SweepPoint } from "./points.js";
import { type SweepResult, sweepResultSchema } from "./result.js";
import { rowOf } from "./row.js";
import { type StoredPoint, SweepStore } from "./store.js";
import { fitsOf } from "./summary.js";

/** Where a sweep keeps its points and how many workers it has; see `runSweep`. */
export interface SweepOptions {
  /** Output folder: points that it holds are not computed again. Absent: nothing is written. */
  readonly out?: string | undefined;
  /** Folder that paths in the base config are relative to. Default: the working directory. */
  readonly folder?: string | undefined;
  /** Worker threads; as many points are under way at a time. Default: one per core. They change no number. */
  readonly workers?: number | undefined;
  /** Opens the workers, once the build of the kernels is known; they are closed at the end. Default: worker threads. */
  readonly openPool?: ((kernels: CompiledKernels) => Promise<WorkerPool>) | undefined;
  /** Build of the kernels. Default "auto". */
  readonly variant?: Variant | "auto" | undefined;
  /** Noted in the result: the config is the quick size of a sweep. */
  readonly quick?: boolean | undefined;
  /** Compute points again that failed before. Default: their failure is taken as it is. */
  readonly resume?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called at the start and after each point. */
  readonly onProgress?: ((progress: SweepProgress) => void) | undefined;
}

const sweepKeys = keysOf<SweepOptions>({
  out: true,
  folder: true,
  workers: true,
  openPool: true,
  variant: true,
  quick: true,
  resume: true,
  signal: true,
  onProgress: true,
});

/** How far a sweep is, in points. */
export interface SweepProgress {
  readonly done: number;
  readonly total: number;
  /** Of `done`, how many were there before. */
  readonly reused: number;
  /** The point that was completed last. */
  readonly point?: SweepPoint;
  /** Why it failed, where it did. */
  readonly failed?: NotComputed;
}

interface Task {
  readonly point: SweepPoint;
  readonly job: SweepJob;
  readonly hash: string;
}

/**
 * Computes every point of a sweep, several at a time over one pool of workers, and fits. A point's result is written before the
 * next one starts, so that a sweep that was interrupted goes on where it was. A point that fails is marked in its row with the reason, and the
 * others run.
 * @param given that `parseSweep` gave.
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG, naming the point, before anything runs, or a measure that no point has; FEDSCORE_FILE, also
 * where another process works in `out`; FEDSCORE_ABORTED.
 */
export async function runSweep(given: SweepConfig, options: SweepOptions = {}): Promise<SweepResult> {
  const config = parseSweep(given);
  requireSweepOptions(options);
  const { out } = options;
  if (out === undefined) return computeSweep(config, options);
  const release = lockFolder(out);
  try {
    return await computeSweep(config, options);
  } finally {
    release();
  }
}

/** What callers in plain JavaScript may get wrong; a build that is none is refused where it is compiled. */
function requireSweepOptions(options: SweepOptions): void {
  const { out, folder, workers, openPool, quick, resume, onProgress } = requireOptions("options", options, sweepKeys);
  for (const [key, text] of Object.entries({ out, folder })) if (text !== undefined) requireText(key, text);
  for (const [key, flag] of Object.entries({ quick, resume })) if (flag !== undefined) requireBoolean(key, flag);
  if (workers !== undefined) requireInteger("workers", workers, 1, 1024);
  for (const [key, callback] of Object.entries({ openPool, onProgress }))
    if (callback !== undefined) requireFunction(key, callback);
}

async function computeSweep(config: SweepConfig, options: SweepOptions): Promise<SweepResult> {
  const { out, signal, onProgress = () => {} } = options;
  const kind: SweepJobKind = jobKinds[config.kind];
  const kernels = await compileKernels({ variant: options.variant ?? "auto" });
  const { variant } = kernels;
  const commit = commitOfSources();
  const measured = config.measures.map(({ path }) => path);
  const tasks = pointsOf(config).map((point): Task => {
    const job = inPoint(point, () => kind.parse(point.config, measured));
    const hash = pointHash({ kind: config.kind, config: job.config, variant, version: packageVersion(), commit });
    return { point, job, hash };
  });
  const engine = instantiate(kernels);
  for (const { point, job } of tasks) inPoint(point, () => job.check(engine));
  const store = out === undefined ? undefined : new SweepStore(out, config.name);
  const found = new Map<string, StoredPoint>();
  for (const { point, hash } of tasks) {
    const earlier = store?.get(hash);
    const isRepeated = options.resume && earlier && rowOf(config, point, earlier.result).failed;
    if (earlier && !isRepeated) found.set(hash, earlier);
  }
  const total = tasks.length;
  const reused = tasks.filter(({ hash }) => found.has(hash)).length;
  let done = reused;
  onProgress({ done, total, reused });
  const left = distinct(tasks.filter(({ hash }) => !found.has(hash)));
  let workers = options.workers ?? availableParallelism();
  const { openPool = () => ComlinkPool.start(kernels, { workers }) } = options;
  const compute = async ({ point, job, hash }: Task, context: JobContext) => {
    const begin = performance.now();
    const result = await resultOf(job, context);
    const stored = { seconds: (performance.now() - begin) / 1000, result };
    if (isLasting(result)) store?.put(hash, stored);
    found.set(hash, stored);
    return { point, hash, failed: rowOf(config, point, result).failed };
  };
  throwIfAborted(signal);
  if (left.length > 0) {
    const pool = await openPool(kernels);
    workers = pool.size;
    try {
      const work = (task: Task, ended: AbortSignal) =>
        compute(task, { pool, variant, folder: options.folder ?? ".", signal: ended });
      for await (const { point, hash, failed } of concurrently(left, workers, signal, work)) {
        done += tasks.filter((task) => task.hash === hash).length;
        onProgress({ done, total, reused, point, ...(failed && { failed }) });
      }
    } finally {
      await pool.close();
    }
  }
  const stored = tasks.map(({ hash }) => found.get(hash) as StoredPoint);
  const results = stored.map(({ result }) => result).filter((result): result is Json => !isNotComputed(result));
  for (const measure of measurePathsOf(config)) requireFound(measure, kind.resultSchema(), results);
  const rows = tasks.map(({ point }, index) => rowOf(config, point, stored[index].result));
  const result = sweepResultSchema.parse({
    schemaVersion: 1,
    kind: "sweep",
    name: config.name,
    title: config.title,
    quick: options.quick ?? false,
    environment: describeEnvironment(variant, workers),
    commit,
    date: new Date().toISOString(),
    seconds: [...new Set(stored)].reduce((sum, { seconds }) => sum + seconds, 0),
    config,
    rows,
    fits: fitsOf(config, rows),
  } satisfies SweepResult);
  store?.finish(result);
  return result;
}

/** The first of those that have one config: it is computed once, for all of them. */
function distinct(tasks: readonly Task[]): Task[] {
  return tasks.filter(({ hash }, index) => tasks.findIndex((task) => task.hash === hash) === index);
}

/** What a point finds, or why it fails. Aborts and mistakes of fedscore are thrown on. */
async function resultOf(job: SweepJob, context: JobContext): Promise<Part<Json>> {
  try {
    return await job.run(context);
  } catch (error) {
    if (!isFedscoreError(error) || error.code === "FEDSCORE_ABORTED") throw error;
    return { notComputed: error.message, code: error.code };
  }
}

/** Failures that are not about a point itself. */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "FEDSCORE_WORKER",
  "FEDSCORE_FILE",
  "FEDSCORE_OUT_OF_MEMORY",
]);

/** Whether a point would end in the same way again: only that is kept. */
function isLasting(result: Part<Json>): boolean {
  return !isNotComputed(result) || !passing.has(result.code);
}

/** Errors of a point's config name the point: the values on the axes that give it. */
function inPoint<T>(point: SweepPoint, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof FedscoreError)) throw error;
    throw new FedscoreError(error.code, `point ${describePoint(point)}: ${error.message}`, error.details, error);
  }
}

/** Null where the sources are not in a repository, or there is no git. */
function commitOfSources(): string | null {
  try {
    const options = { cwd: dirname(fileURLToPath(import.meta.url)), encoding: "utf8", stdio: "pipe" } as const;
    return execFileSync("git", ["rev-parse", "HEAD"], options).trim();
  } catch {
    return null;
  }
}
