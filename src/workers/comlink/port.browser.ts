import { FedscoreError } from "../../errors.js";
import type { Endpoint } from "./comlink.js";

/** The worker's own end of its channel, in a browser (`#worker-port`). */
export function workerPort(): Endpoint {
  if ("document" in globalThis)
    throw new FedscoreError("FEDSCORE_WORKER", "fedscore/worker is the entry of a Web Worker, not a module to import");
  return {
    postMessage: (message, transfer) => globalThis.postMessage(message, { transfer }),
    addEventListener: (type, listener) => globalThis.addEventListener(type, listener),
    removeEventListener: (type, listener) => globalThis.removeEventListener(type, listener),
  };
}
