import type { WorkerLike } from "./worker-handle.js";

/**
 * Asked for at run time, so that no bundler for browsers meets an import of node:. In Node, Deno and Bun workers are threads of
 * node:worker_threads, elsewhere Web Workers.
 */
const node = globalThis.process;
const threads = node?.getBuiltinModule?.("node:worker_threads");

export const hostName = threads ? "worker thread" : "Web Worker";

/** A worker that runs dist/worker.js, in the literal form by which bundlers find the file. */
export function createWorker(): WorkerLike {
  if (threads) return new threads.Worker(new URL("../../worker.js", import.meta.url), threadOptions());
  return new Worker(new URL("../../worker.js", import.meta.url), { type: "module" });
}

/** A worker that runs the given module: a Blob URL in browsers, a data URL in threads. */
export function workerMaker(source: string): () => WorkerLike {
  if (threads) {
    const url = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
    return () => new threads.Worker(url, threadOptions());
  }
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  return () => new Worker(url, { type: "module" });
}

/**
 * Threads inherit the options of the process, loaders among them. `--input-type` (of `node -e` and of scripts from standard
 * input) is refused for a file, and options can only be replaced as a whole. V8's flags, relaxed SIMD among them, hold for the
 * process in any case.
 */
function threadOptions(): { execArgv?: string[] } {
  return node.execArgv.some((option) => option.startsWith("--input-type")) ? { execArgv: [] } : {};
}

/** Threads that can run at the same time. */
export function hardwareThreads(): number {
  return node?.getBuiltinModule?.("node:os").availableParallelism() ?? navigator.hardwareConcurrency;
}
