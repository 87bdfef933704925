import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { WorkerLike } from "./worker-handle.js";

/** How a worker is made in Node (`#worker-host`): a thread of node:worker_threads, in the literal form that bundlers know. */
export function createWorker(): WorkerLike {
  return new Worker(new URL("../../worker.js", import.meta.url), workerOptions());
}

/**
 * Threads inherit the options of the process, loaders among them. `--input-type` (of `node -e` and of scripts from standard
 * input) is refused for a file, and options can only be replaced as a whole. V8's flags, relaxed SIMD among them, hold for the
 * process in any case.
 */
function workerOptions(): { execArgv?: string[] } {
  return process.execArgv.some((option) => option.startsWith("--input-type")) ? { execArgv: [] } : {};
}

/** Threads that can run at the same time. */
export function hardwareThreads(): number {
  return availableParallelism();
}

export const hostName = "worker thread";
