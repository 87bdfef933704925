import { parentPort } from "node:worker_threads";
import { FedscoreError } from "../../errors.js";
import type { Endpoint } from "./comlink.js";

/** The worker's own end of its channel, in Node (`#worker-port`). */
export function workerPort(): Endpoint {
  if (!parentPort)
    throw new FedscoreError(
      "FEDSCORE_WORKER",
      "fedscore/worker is the entry of a worker thread, not a module to import",
    );
  return parentPort;
}
