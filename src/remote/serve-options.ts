import { requireFunction, requireInteger } from "../errors.js";
import { keysOf, requireOptions } from "../options.js";
import type { ComlinkPoolOptions } from "../workers/comlink/pool.js";
import { requireServer, type ServerOptions, serverKeys } from "./server-options.js";

/** Which server a worker asks for work, and how it does the work. */
export interface ServeOptions extends ServerOptions, Pick<ComlinkPoolOptions, "createWorker"> {
  /** Calls that run at the same time, a worker thread or Web Worker each. Default: the threads of this machine. */
  readonly threads?: number | undefined;
  /** Told in a sentence what the worker does. */
  readonly onNote?: ((text: string) => void) | undefined;
  /** Leaves once the calls under way are done. */
  readonly signal?: AbortSignal | undefined;
}

const serveKeys = [
  ...serverKeys,
  ...keysOf<Omit<ServeOptions, keyof ServerOptions>>({ threads: true, createWorker: true, onNote: true, signal: true }),
];

/** Throws unless these are options of a worker. */
export function requireServe(options: ServeOptions): void {
  const { threads, createWorker, onNote } = requireOptions("options", options, serveKeys);
  requireServer(options);
  if (threads !== undefined) requireInteger("threads", threads, 1, 1024);
  for (const [key, callback] of Object.entries({ createWorker, onNote }))
    if (callback !== undefined) requireFunction(key, callback);
}
