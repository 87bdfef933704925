import type { WorkerLike } from "./worker-handle.js";

/** How a worker is made in a browser (`#worker-host`): a module Web Worker, in the literal form that bundlers know. */
export function createWorker(): WorkerLike {
  return new Worker(new URL("../../worker.js", import.meta.url), { type: "module" });
}

/** Threads that can run at the same time. */
export function hardwareThreads(): number {
  return navigator.hardwareConcurrency;
}

export const hostName = "Web Worker";
