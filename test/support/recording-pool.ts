import type { Engine } from "../../src/kernels/index.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import type { Kept } from "../../src/workers/kept.js";
import type { CallOptions, Installation, WorkerFunction, WorkerPool } from "../../src/workers/worker-pool.js";

/** A call that a pool was asked for, and what it answered. Copies, so that later changes do not show. */
export interface RecordedCall<Input, Output> {
  readonly input: Input;
  readonly output: Output;
}

/** An in-thread pool that remembers what it was asked to keep and to run. */
export class RecordingPool implements WorkerPool {
  readonly name = "recording";
  readonly size = 1;
  readonly sharesMemory = false;
  readonly #inner: InThreadPool;
  readonly #calls: { readonly name: string; readonly input: unknown; readonly output: unknown }[] = [];
  readonly #installed: { readonly name: string; readonly input: unknown }[] = [];

  constructor(engine: Engine) {
    this.#inner = new InThreadPool(engine);
  }

  async call<Input, Output>(job: WorkerFunction<Input, Output>, input: Input, options?: CallOptions): Promise<Output> {
    const asked = structuredClone(input);
    const output = await this.#inner.call(job, input, options);
    this.#calls.push({ name: job.name, input: asked, output: structuredClone(output) });
    return output;
  }

  install<Input>(key: string, installation: Installation<Input>): void {
    this.#installed.push({ name: installation.open.name, input: structuredClone(installation.input) });
    this.#inner.install(key, installation);
  }

  uninstall(key: string): void {
    this.#inner.uninstall(key);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  /** The calls of a job, in the order in which they ended; they have the job's own types. */
  callsOf<Input, Output>({ name }: WorkerFunction<Input, Output>): RecordedCall<Input, Output>[] {
    return this.#calls.filter((call) => call.name === name) as unknown as RecordedCall<Input, Output>[];
  }

  /** The setups of a kind of kept state, in the order in which they came; they have the kind's own type. */
  setupsOf<Setup>({ open }: Kept<Setup, unknown>): Setup[] {
    const inputs = this.#installed.filter(({ name }) => name === open.name) as unknown as {
      readonly input: { readonly setup: Setup };
    }[];
    return inputs.map(({ input }) => input.setup);
  }
}
