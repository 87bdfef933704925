import { FedscoreError, requireMethods } from "../errors.js";
import type { Engine } from "../kernels/index.js";

/**
 * A named function that runs where a pool runs it: in a worker thread, a Web Worker or this thread. Input and output are plain
 * data (structured clone), the output no Promise. It is pure but for what it keeps with its engine, because a lost worker's calls are run again.
 * Workers know the functions that src/worker-functions.ts lists.
 */
export interface WorkerFunction<Input, Output> {
  readonly name: string;
  /** What runs in a worker; synchronous. */
  run(engine: Engine, input: Input): Output;
  /** Buffers of the output that are moved to the caller instead of copied. */
  transfer?(output: Output): ArrayBuffer[];
}

/** How one call to a pool is to be run; see `WorkerPool.call`. */
export interface CallOptions {
  /** Stops the call at once, in mid-computation too. */
  readonly signal?: AbortSignal | undefined;
  /**
   * May be sent to a worker that is still at another such call, so that it need not wait for a message in between: for many calls that are
   * short, or sorted by length, the longest first. Others go to the first worker that is idle.
   */
  readonly ahead?: boolean | undefined;
}

/** What a pool keeps present in every worker, such as the data of a run. */
export interface Installation<Input> {
  readonly open: WorkerFunction<Input, void>;
  readonly close: WorkerFunction<string, void>;
  readonly input: Input;
}

/** A fixed number of places where worker functions run. */
export interface WorkerPool {
  /** What runs, and why it is not worker threads where it is not. */
  readonly name: string;
  /** How many calls run at the same time. */
  readonly size: number;
  /** Whether functions run in other threads that a SharedArrayBuffer in their input is common with. */
  readonly sharesMemory: boolean;
  /** Whether functions run in the caller's thread, on the very objects of their input. Absent: they do not. */
  readonly inThisThread?: boolean;
  /**
   * Runs a function in the next idle worker; calls start in the order they were made.
   * @throws FedscoreError FEDSCORE_WORKER when workers were lost again and again, FEDSCORE_ABORTED; or what the function threw.
   */
  call<Input, Output>(job: WorkerFunction<Input, Output>, input: Input, options?: CallOptions): Promise<Output>;
  /** From now on every worker, present and future, runs `open` with `input` before its next call. */
  install<Input>(key: string, installation: Installation<Input>): void;
  /** Workers that had the installation run its `close` with the key before their next call. */
  uninstall(key: string): void;
  /** Ends the workers; calls under way are rejected. May be called again. */
  close(): Promise<void>;
}

/** Throws unless value is a pool: what callers in plain JavaScript may forget, or forget to await. */
export function requirePool(pool: WorkerPool): WorkerPool {
  return requireMethods("pool", pool, ["call", "install", "uninstall"]);
}

/**
 * Runs a function where it is called.
 * @throws FedscoreError FEDSCORE_WORKER where it is asynchronous: an engine's memory belongs to one call at a time.
 */
export function runHere<Input, Output>(job: WorkerFunction<Input, Output>, engine: Engine, input: Input): Output {
  const output = job.run(engine, input);
  if (!(output instanceof Promise)) return output;
  output.catch(() => undefined);
  throw new FedscoreError(
    "FEDSCORE_WORKER",
    `${job.name} must not be async: its run gave a Promise in place of a value`,
  );
}
