import { FedscoreError, requireFunction, requireInteger } from "../errors.js";
import { type Engine, requireEngine } from "../kernels/index.js";
import { keysOf, requireOptions } from "../options.js";
import { NotReady } from "./comlink/live-worker.js";
import { ComlinkPool, type ComlinkPoolOptions } from "./comlink/pool.js";
import type { WorkerLike } from "./comlink/worker-handle.js";
import { InThreadPool } from "./in-thread.js";
import type { WorkerPool } from "./worker-pool.js";

/** How many workers, and how they are made; see `openPool`. */
export interface PoolOptions extends ComlinkPoolOptions {
  /** Number of workers; 0 runs everything in this thread. Default: the threads of this machine. */
  readonly workers?: number | undefined;
}

const poolKeys = keysOf<PoolOptions>({ workers: true, createWorker: true, readyTimeout: true, maxReruns: true });

/**
 * Workers with the same build of the kernels as `engine`. They run dist/worker.js; where that file cannot be loaded (esbuild and Rollup
 * leave it behind, a page may not start another origin's) the same text, embedded in the package; where there can be no workers (a page's
 * security policy, no Worker at all) this thread: `pool.name` says so, and why. A `createWorker` of the caller's own must work.
 */
export async function openPool(engine: Engine, options: PoolOptions = {}): Promise<WorkerPool> {
  requireEngine(engine);
  requireOptions("options", options, poolKeys);
  if (options.createWorker !== undefined) requireFunction("createWorker", options.createWorker);
  if (options.workers !== undefined) requireInteger("workers", options.workers, 0, 1024);
  if (options.workers === 0) return new InThreadPool(engine);
  const byFile = await poolOrProblem(engine, options);
  if (!(byFile instanceof FedscoreError)) return byFile;
  if (options.createWorker) throw byFile;
  if (causesOf(byFile).some((cause) => cause instanceof NotReady)) return inThread(engine, byFile);
  const byText = await poolOrProblem(engine, { ...options, createWorker: await embeddedWorker() });
  return byText instanceof FedscoreError ? inThread(engine, byText) : byText;
}

function causesOf(error: Error): Error[] {
  return error.cause instanceof Error ? [error.cause, ...causesOf(error.cause)] : [];
}

function inThread(engine: Engine, { message }: FedscoreError): WorkerPool {
  return new InThreadPool(engine, `in-thread (no workers: ${message})`);
}

async function poolOrProblem(engine: Engine, options: ComlinkPoolOptions): Promise<ComlinkPool | FedscoreError> {
  try {
    return await ComlinkPool.start(engine, options);
  } catch (error) {
    if (error instanceof FedscoreError) return error;
    throw error;
  }
}

let made: Promise<() => WorkerLike> | undefined;

/** Once: each text has a URL that stays. */
function embeddedWorker(): Promise<() => WorkerLike> {
  made ??= makeEmbedded();
  return made;
}

async function makeEmbedded(): Promise<() => WorkerLike> {
  const [{ workerMaker }, { default: source }] = await Promise.all([
    import("#worker-host"),
    import("#embedded-worker"),
  ]);
  return workerMaker(source);
}
