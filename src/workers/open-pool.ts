import { FedscoreError } from "../errors.js";
import type { Engine } from "../kernels/index.js";
import { ComlinkPool, type ComlinkPoolOptions } from "./comlink/pool.js";
import { InThreadPool } from "./in-thread.js";
import type { WorkerPool } from "./worker-pool.js";

export interface PoolOptions extends ComlinkPoolOptions {
  /** Number of workers; 0 runs everything in this thread. Default: the threads of this machine. */
  readonly workers?: number;
}

/**
 * Workers with the same build of the kernels as `engine`, or, where none can be created (a page's security policy, no Worker
 * at all), this thread: `pool.name` says which, and why. A `createWorker` of the caller's own must work.
 */
export async function openPool(engine: Engine, options: PoolOptions = {}): Promise<WorkerPool> {
  if (options.workers === 0) return new InThreadPool(engine);
  try {
    return await ComlinkPool.start(engine, options);
  } catch (error) {
    if (options.createWorker || !(error instanceof FedscoreError)) throw error;
    return new InThreadPool(engine, `in-thread (no workers: ${error.message})`);
  }
}
