import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { WorkerLike } from "./worker-handle.js";

/** How a worker is made in Node (`#worker-host`): a thread of node:worker_threads, in the literal form that bundlers know. */
export function createWorker(): WorkerLike {
  return new Worker(new URL("../../../worker.js", import.meta.url));
}

/** Threads that can run at the same time. */
export function hardwareThreads(): number {
  return availableParallelism();
}

export const hostName = "worker threads";
