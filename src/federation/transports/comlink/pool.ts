import { createWorker as createHostWorker, hardwareThreads, hostName } from "#worker-host";
import { FedscoreError, requireInteger, requireNumber, throwIfAborted } from "../../../errors.js";
import type { CompiledKernels } from "../../../kernels/instance.js";
import type { CallOptions, Installation, WorkerFunction, WorkerPool } from "../../worker-pool.js";
import { AbortListeners } from "./abort-listeners.js";
import { LiveWorker, WorkerLoss } from "./live-worker.js";
import type { WorkerLike } from "./worker-handle.js";

export interface ComlinkPoolOptions {
  /** Number of workers, at least 1. Default: the threads of this machine. */
  readonly workers?: number;
  /** Makes a worker that runs "fedscore/worker" (or calls `serve` itself): for bundlers and pages with rules of their own. */
  readonly createWorker?: () => WorkerLike;
  /** Milliseconds that a worker has to load and to instantiate the kernels. Default 30,000. */
  readonly readyTimeout?: number;
  /** How often a call is run again after its worker was lost, before it fails. Default 3. */
  readonly maxReruns?: number;
}

interface Call {
  readonly name: string;
  readonly input: unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Set when the caller has its answer, whatever the worker still does. */
  settled: boolean;
  losses: number;
}

type Outcome =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "error"; readonly error: unknown };

/** A place in the pool: its worker, where it has one, and the call that runs there. */
interface Slot {
  worker?: LiveWorker | undefined;
  call?: Call | undefined;
  busy: boolean;
}

/**
 * A fixed number of worker threads or Web Workers, one WASM instance each. A call goes to the next idle worker; when a worker
 * is lost, another one is started in its place, gets the installations, and its call is run again.
 */
export class ComlinkPool implements WorkerPool {
  readonly name: string;
  readonly size: number;
  readonly #kernels: CompiledKernels;
  readonly #options: Required<ComlinkPoolOptions>;
  readonly #slots: readonly Slot[];
  readonly #queue: Call[] = [];
  readonly #aborts = new AbortListeners();
  readonly #installations = new Map<string, Installation<unknown>>();
  #closing: Promise<void> | undefined;

  private constructor(kernels: CompiledKernels, options: Required<ComlinkPoolOptions>) {
    this.#kernels = kernels;
    this.#options = options;
    this.size = options.workers;
    this.name = `comlink (${options.workers} ${hostName}${options.workers === 1 ? "" : "s"})`;
    this.#slots = Array.from({ length: options.workers }, () => ({ busy: false }));
  }

  /** Starts all workers and waits until they are ready. @throws FedscoreError FEDSCORE_WORKER where one cannot start. */
  static async start(kernels: CompiledKernels, options: ComlinkPoolOptions = {}): Promise<ComlinkPool> {
    const {
      workers = hardwareThreads(),
      createWorker = createHostWorker,
      readyTimeout = 30_000,
      maxReruns = 3,
    } = options;
    requireInteger("workers", workers, 1, 1024);
    requireNumber("readyTimeout", readyTimeout, "must be positive and finite", (value) => value > 0);
    requireInteger("maxReruns", maxReruns, 0);
    const pool = new ComlinkPool(kernels, { workers, createWorker, readyTimeout, maxReruns });
    try {
      await Promise.all(pool.#slots.map((slot) => pool.#startWorker(slot)));
      return pool;
    } catch (error) {
      await pool.close();
      const cause = error instanceof Error ? error : new Error(String(error));
      throw new FedscoreError("FEDSCORE_WORKER", `a worker could not start: ${cause.message}`, {}, cause);
    }
  }

  call<Input, Output>(job: WorkerFunction<Input, Output>, input: Input, { signal }: CallOptions = {}): Promise<Output> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#closing) throw closedError();
      throwIfAborted(signal);
      const settle = (end: () => void) => {
        if (call.settled) return;
        call.settled = true;
        forget?.();
        end();
      };
      const call: Call = {
        name: job.name,
        input,
        resolve: (value) => settle(() => resolve(value)),
        reject: (error) => settle(() => reject(error)),
        settled: false,
        losses: 0,
      };
      const onAbort = () => {
        call.reject(new FedscoreError("FEDSCORE_ABORTED", "the operation was aborted", {}, signal?.reason));
        this.#drop(call);
      };
      const forget = signal && this.#aborts.add(signal, onAbort);
      this.#queue.push(call);
      this.#dispatch();
      // A worker answers a call of this function with this function's output.
    }) as Promise<Output>;
  }

  install<Input>(key: string, installation: Installation<Input>): void {
    this.#installations.set(key, installation);
  }

  uninstall(key: string): void {
    this.#installations.delete(key);
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    const calls = [...this.#queue.splice(0), ...this.#slots.flatMap((slot) => slot.call ?? [])];
    for (const call of calls) call.reject(closedError());
    await Promise.all(this.#slots.map((slot) => slot.worker?.terminate(closedError())));
  }

  #dispatch(): void {
    for (const slot of this.#slots) {
      if (this.#queue.length === 0) return;
      if (!slot.busy) void this.#work(slot);
    }
  }

  /**
   * Runs queued calls in this slot until there are none. The next call is on its way to the worker before anybody looks at the
   * last answer. Never rejects: each failure belongs to a call.
   */
  async #work(slot: Slot): Promise<void> {
    slot.busy = true;
    let next = this.#takeUp(slot);
    while (next) {
      const { call, outcome } = next;
      const settle = this.#settlement(call, await outcome);
      next = this.#takeUp(slot);
      settle();
    }
    slot.busy = false;
  }

  #takeUp(slot: Slot): { readonly call: Call; readonly outcome: Promise<Outcome> } | undefined {
    const call = this.#queue.shift();
    slot.call = call;
    if (!call) return undefined;
    const run = (worker: LiveWorker) => worker.run(call.name, call.input, this.#installations);
    const answer = slot.worker && !slot.worker.lost ? run(slot.worker) : this.#startWorker(slot).then(run);
    const outcome = answer.then(
      (value): Outcome => ({ kind: "value", value }),
      (error: unknown): Outcome => ({ kind: "error", error }),
    );
    return { call, outcome };
  }

  /** What an outcome means for its call; a call whose worker was lost is queued again, to be the next. */
  #settlement(call: Call, outcome: Outcome): () => void {
    if (outcome.kind === "value") return () => call.resolve(outcome.value);
    const { error } = outcome;
    if (!(error instanceof WorkerLoss)) return () => call.reject(error);
    if (call.settled) return () => {};
    call.losses++;
    if (call.losses <= this.#options.maxReruns) {
      this.#queue.unshift(call);
      return () => {};
    }
    const message = `${call.name} failed: its worker was lost ${call.losses} times, the last time because ${error.message}`;
    const failure = new FedscoreError("FEDSCORE_WORKER", message, { losses: call.losses }, error.cause);
    return () => call.reject(failure);
  }

  /** Forgets an aborted call; one that is running takes its worker with it. */
  #drop(call: Call): void {
    const queued = this.#queue.indexOf(call);
    if (queued >= 0) this.#queue.splice(queued, 1);
    const slot = this.#slots.find((candidate) => candidate.call === call);
    void slot?.worker?.terminate(new Error("its call was aborted"));
  }

  async #startWorker(slot: Slot): Promise<LiveWorker> {
    if (this.#closing) throw closedError();
    const worker = spawn(this.#options.createWorker);
    slot.worker = worker;
    await worker.start(this.#kernels, this.#options.readyTimeout);
    return worker;
  }
}

function spawn(createWorker: () => WorkerLike): LiveWorker {
  try {
    return new LiveWorker(createWorker());
  } catch (error) {
    throw new WorkerLoss(`no worker could be created: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function closedError(): FedscoreError {
  return new FedscoreError("FEDSCORE_WORKER", "the worker pool is closed");
}
