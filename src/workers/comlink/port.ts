import { FedscoreError } from "../../errors.js";
import type { Endpoint } from "./comlink.js";

/** The worker's own end of its channel: of a thread of node:worker_threads, else of a Web Worker. */
export function workerPort(): Endpoint {
  const thread = globalThis.process?.getBuiltinModule?.("node:worker_threads").parentPort;
  if (thread) return thread;
  if (!("WorkerGlobalScope" in globalThis))
    throw new FedscoreError("FEDSCORE_WORKER", "fedscore/worker is the entry of a worker, not a module to import");
  return {
    postMessage: (message, transfer) => globalThis.postMessage(message, { transfer }),
    addEventListener: (type, listener) => globalThis.addEventListener(type, listener),
    removeEventListener: (type, listener) => globalThis.removeEventListener(type, listener),
  };
}
