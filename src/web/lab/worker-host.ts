import script from "#worker-script";
import type { WorkerLike } from "../../workers/comlink/worker-handle.js";

/** Stands in for workers/comlink/host.ts where the page is bundled: its workers are bundled with it. */
export const hostName = "Web Worker";

export function createWorker(): WorkerLike {
  return new Worker(script, { type: "module" });
}

/** One less than there are: the page itself is to stay quick. */
export function hardwareThreads(): number {
  return Math.max(1, navigator.hardwareConcurrency - 1);
}

/** Has the script of workers in the browser's cache before the first of them starts. */
export async function fetchWorker(): Promise<void> {
  await (await fetch(script)).arrayBuffer();
}
