import { requireMethods } from "../../errors.js";
import type { Endpoint, Listener } from "./comlink.js";

/** A Web Worker. */
export interface WebWorkerLike extends Endpoint {
  /** Ends the worker at once. */
  terminate(): void;
}

/** A Worker of node:worker_threads. */
export interface NodeWorkerLike {
  /** Sends a message; what is in `transfer` moves in place of being copied. */
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  /** Ends the worker at once. */
  terminate(): Promise<unknown>;
  /** Whether the worker keeps the process alive. */
  ref?(): void;
  /** The worker alone does not keep the process alive. */
  unref?(): void;
  /** Has the listener called with each event of a name. */
  on(event: string, listener: (value: unknown) => void): unknown;
  /** Ends that. */
  off(event: string, listener: (value: unknown) => void): unknown;
}

/** What a `createWorker` of the user's own returns. */
export type WorkerLike = WebWorkerLike | NodeWorkerLike;

/** Both kinds of worker behind one face. */
export interface WorkerHandle {
  readonly endpoint: Endpoint;
  /** Calls `listener` once, when the worker can answer no more: an uncaught error, an exit, an unreadable message. */
  onDeath(listener: (cause: Error) => void): void;
  /** Whether the process must not end before the worker does; a page knows no such thing. */
  holdProcess(hold: boolean): void;
  terminate(): Promise<void>;
}

/** @throws ArgumentTypeError for what is no worker. */
export function handleOf(worker: WorkerLike): WorkerHandle {
  requireMethods("createWorker()", worker, ["postMessage", "terminate"]);
  return "on" in worker ? nodeHandle(worker) : webHandle(worker);
}

function nodeHandle(worker: NodeWorkerLike): WorkerHandle {
  return {
    endpoint: nodeEndpoint(worker),
    onDeath(listener) {
      const once = onlyOnce(listener);
      worker.on("error", (error) => once(error instanceof Error ? error : new Error(String(error))));
      worker.on("messageerror", () => once(new Error("the worker sent a message that cannot be read")));
      worker.on("exit", (code) => once(new Error(`the worker exited with code ${code}`)));
    },
    holdProcess(hold) {
      if (hold) worker.ref?.();
      else worker.unref?.();
    },
    async terminate() {
      await worker.terminate();
    },
  };
}

function webHandle(worker: WebWorkerLike): WorkerHandle {
  return {
    endpoint: worker,
    onDeath(listener) {
      const once = onlyOnce(listener);
      worker.addEventListener("error", (event) => {
        const message = event instanceof ErrorEvent && event.message ? event.message : "the worker could not be loaded";
        once(new Error(message));
      });
      worker.addEventListener("messageerror", () => once(new Error("the worker sent a message that cannot be read")));
    },
    holdProcess() {},
    async terminate() {
      worker.terminate();
    },
  };
}

/**
 * Comlink listens as on the web; a Worker of node:worker_threads is an EventEmitter that hands out the data itself.
 * (Comlink's own adapter is a deep import without types.)
 */
function nodeEndpoint(worker: NodeWorkerLike): Endpoint {
  const adapters = new Map<Listener, (data: unknown) => void>();
  return {
    postMessage: (message, transfer) => worker.postMessage(message, transfer),
    addEventListener(type, listener) {
      const adapter = (data: unknown) => {
        const event = new MessageEvent(type, { data });
        if (typeof listener === "function") listener(event);
        else listener.handleEvent(event);
      };
      adapters.set(listener, adapter);
      worker.on(type, adapter);
    },
    removeEventListener(type, listener) {
      const adapter = adapters.get(listener);
      if (adapter) worker.off(type, adapter);
      adapters.delete(listener);
    },
  };
}

function onlyOnce(listener: (cause: Error) => void): (cause: Error) => void {
  let called = false;
  return (cause) => {
    if (called) return;
    called = true;
    listener(cause);
  };
}
