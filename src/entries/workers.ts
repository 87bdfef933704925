/**
 * "fedscore/workers": pools of worker threads or Web Workers, tasks for them, and `serve`, the worker's side: to run functions of your own
 * there, a module of yours passes them to `serve` and the pool gets a `createWorker` that starts it.
 * @module fedscore/workers
 */
export { workerFunctions } from "../worker-functions.js";
export { ComlinkPool, type ComlinkPoolOptions } from "../workers/comlink/pool.js";
export { serve } from "../workers/comlink/serve.js";
export type { NodeWorkerLike, WebWorkerLike, WorkerLike } from "../workers/comlink/worker-handle.js";
export { InThreadPool } from "../workers/in-thread.js";
export { defineKept, type Kept, type KeptDefinition, type KeptInPool, type KeptSetup, keep } from "../workers/kept.js";
export { openPool, type PoolOptions } from "../workers/open-pool.js";
export { defineTask, type Held, hold, type Task, type TaskCall, type TaskDefinition } from "../workers/task.js";
export type { CallOptions, Installation, WorkerFunction, WorkerPool } from "../workers/worker-pool.js";
