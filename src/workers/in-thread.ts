import { FedscoreError, requireSignal, throwIfAborted } from "../errors.js";
import { type Engine, requireEngine } from "../kernels/index.js";
import { type CallOptions, type Installation, runHere, type WorkerFunction, type WorkerPool } from "./worker-pool.js";

/** Longest time, in milliseconds, that calls keep this thread from its other work. */
const patience = 20;

/**
 * A pool that runs everything in the caller's own thread and engine, one call after the other: for tests, for embedders with
 * threads of their own, and where workers cannot be created.
 */
export class InThreadPool implements WorkerPool {
  readonly name: string;
  readonly size = 1;
  readonly sharesMemory = false;
  readonly inThisThread = true;
  readonly #engine: Engine;
  readonly #installed = new Map<string, Installation<unknown>>();
  #last: Promise<unknown> = Promise.resolve();
  #othersRan = performance.now();
  #closed = false;

  /** @param name says why this pool was chosen, where it was not asked for. */
  constructor(engine: Engine, name = "in-thread") {
    this.#engine = requireEngine(engine);
    this.name = name;
  }

  call<Input, Output>(job: WorkerFunction<Input, Output>, input: Input, { signal }: CallOptions = {}): Promise<Output> {
    const answer = this.#last.then(async () => {
      if (signal !== undefined) requireSignal("signal", signal);
      await this.#letOthersRun();
      if (this.#closed) throw new FedscoreError("FEDSCORE_WORKER", "the worker pool is closed");
      throwIfAborted(signal);
      return runHere(job, this.#engine, input);
    });
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  install<Input>(key: string, installation: Installation<Input>): void {
    this.uninstall(key);
    installation.open.run(this.#engine, installation.input);
    this.#installed.set(key, installation);
  }

  uninstall(key: string): void {
    this.#installed.get(key)?.close.run(this.#engine, key);
    this.#installed.delete(key);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const key of [...this.#installed.keys()]) this.uninstall(key);
  }

  /** Lets the thread do its other work (timers, messages, an abort) when it has been kept for too long. */
  async #letOthersRun(): Promise<void> {
    if (performance.now() - this.#othersRan < patience) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#othersRan = performance.now();
  }
}
