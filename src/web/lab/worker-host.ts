import type { WorkerLike } from "../../workers/comlink/worker-handle.js";

/** Stands in for workers/comlink/host.ts where the page is bundled: its workers are bundled with it. */
export const hostName = "Web Worker";

export function createWorker(): WorkerLike {
  return new Worker(new URL("../../worker.ts", import.meta.url), { type: "module" });
}

/** One less than there are: the page itself is to stay quick. */
export function hardwareThreads(): number {
  return Math.max(1, navigator.hardwareConcurrency - 1);
}
