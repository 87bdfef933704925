import type { CallOptions, Installation, WorkerFunction, WorkerPool } from "../../src/workers/worker-pool.js";

/** A pool of which one call fails, the first being 0; it remembers what it was called for. */
export class FailingPool implements WorkerPool {
  readonly size = 1;
  readonly sharesMemory = false;
  readonly #pool: WorkerPool;
  readonly #failing: number | undefined;
  readonly #error: () => Error;
  /** Names of the functions that were called. */
  readonly calls: string[] = [];

  constructor(pool: WorkerPool, failing?: number, error: () => Error = () => new Error("unexpected")) {
    this.#pool = pool;
    this.#failing = failing;
    this.#error = error;
  }

  get name(): string {
    return this.#pool.name;
  }

  call<Input, Output>(job: WorkerFunction<Input, Output>, input: Input, options?: CallOptions): Promise<Output> {
    const index = this.calls.push(job.name) - 1;
    return index === this.#failing ? Promise.reject(this.#error()) : this.#pool.call(job, input, options);
  }

  install<Input>(key: string, installation: Installation<Input>): void {
    this.#pool.install(key, installation);
  }

  uninstall(key: string): void {
    this.#pool.uninstall(key);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
