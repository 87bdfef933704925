import { FedscoreError } from "../../errors.js";
import type { CompiledKernels } from "../../kernels/index.js";
import { fromWireError } from "../wire-error.js";
import type { Installation } from "../worker-pool.js";
import { type Answer, type Connection, connect } from "./comlink.js";
import { startCall } from "./start-call.js";
import { handleOf, type WorkerHandle, type WorkerLike } from "./worker-handle.js";

/** The worker itself was lost: what it was asked can be asked of another one. */
export class WorkerLoss extends Error {
  override readonly name = "WorkerLoss";
}

/** A worker that does not answer: starting it in another way takes as long and helps nobody. */
export class NotReady extends Error {
  override readonly name = "NotReady";

  constructor(timeout: number) {
    super(
      `the worker was not ready after ${timeout} ms: a worker of one's own must import "fedscore/worker" or call serve(); a slow machine needs a larger readyTimeout`,
    );
  }
}

/**
 * One running worker. Every call ends: with an answer, or with a WorkerLoss when the worker dies, is terminated or does not
 * become ready in time.
 */
export class LiveWorker {
  readonly #handle: WorkerHandle;
  readonly #connection: Connection;
  readonly #pending = new Set<(loss: WorkerLoss) => void>();
  /** The installations that this worker has, by key. */
  readonly #installed = new Map<string, Installation<unknown>>();
  #loss: WorkerLoss | undefined;

  constructor(worker: WorkerLike) {
    this.#handle = handleOf(worker);
    this.#connection = connect(this.#handle.endpoint);
    this.#handle.onDeath((cause) => void this.terminate(cause));
  }

  get lost(): boolean {
    return this.#loss !== undefined;
  }

  /** The ready handshake: hands over the compiled kernels and waits until they are instantiated. */
  async start(kernels: CompiledKernels, timeout: number): Promise<void> {
    const timer = setTimeout(() => void this.terminate(new NotReady(timeout)), timeout);
    try {
      await this.call(startCall, { variant: kernels.variant, module: kernels.module });
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Runs a function with these installations. All of it is sent at once: a worker answers its messages in order.
   * @throws WorkerLoss, or the function's own error, or that of an installation.
   */
  async run(name: string, input: unknown, installations: ReadonlyMap<string, Installation<unknown>>): Promise<unknown> {
    const [, value] = await Promise.all([this.#prepare(installations), this.call(name, input)]);
    return value;
  }

  async #prepare(installations: ReadonlyMap<string, Installation<unknown>>): Promise<void> {
    const pending: Promise<unknown>[] = [];
    for (const [key, { close }] of [...this.#installed].filter(([key, known]) => installations.get(key) !== known)) {
      this.#installed.delete(key);
      pending.push(this.call(close.name, key));
    }
    for (const [key, installation] of installations) {
      if (this.#installed.has(key)) continue;
      this.#installed.set(key, installation);
      pending.push(this.#open(key, installation));
    }
    await Promise.all(pending);
  }

  async #open(key: string, { open, input }: Installation<unknown>): Promise<void> {
    try {
      await this.call(open.name, input);
    } catch (error) {
      this.#installed.delete(key);
      throw error;
    }
  }

  /** @throws WorkerLoss, or the function's own error. */
  async call(name: string, input: unknown): Promise<unknown> {
    const answer = await new Promise<Answer>((resolve, reject) => {
      if (this.#loss) throw this.#loss;
      this.#pending.add(reject);
      this.#handle.holdProcess(true);
      const settled = () => {
        this.#pending.delete(reject);
        if (this.#pending.size === 0) this.#handle.holdProcess(false);
      };
      this.#connection.call(name, input).then(resolve, reject).finally(settled);
    });
    if (answer?.kind === "error") throw fromWireError(name, answer.error);
    if (answer?.kind === "value") return answer.value;
    const message = `the worker answered ${name} with something else than an answer: it must run serve() of the same version`;
    throw new FedscoreError("FEDSCORE_WORKER", message, { name });
  }

  /** Ends the worker, in mid-computation too. Its calls are rejected at once. */
  async terminate(cause: Error): Promise<void> {
    if (this.#loss) return;
    this.#loss = new WorkerLoss(cause.message, { cause });
    for (const reject of this.#pending) reject(this.#loss);
    this.#pending.clear();
    this.#connection.release();
    await this.#handle.terminate();
  }
}
