import { FedscoreError, requireInteger, requireNumber, requireSignal, throwIfAborted } from "../../errors.js";
import type { CompiledKernels } from "../../kernels/index.js";
import { AbortListeners } from "../abort-listeners.js";
import { type Answer, openAnswer } from "../answer.js";
import { threadsShareMemory } from "../shared-memory.js";
import type { CallOptions, Installation, WorkerFunction, WorkerPool } from "../worker-pool.js";
import { LiveWorker, WorkerLoss } from "./live-worker.js";
import type { WorkerLike } from "./worker-handle.js";

/** How many workers, how they are made and what becomes of lost ones; see `ComlinkPool.start`. */
export interface ComlinkPoolOptions {
  /** Number of workers, at least 1. Default: the threads of this machine. */
  readonly workers?: number | undefined;
  /** Makes a worker that runs "fedscore/worker" (or calls `serve` itself): for bundlers and pages with rules of their own. */
  readonly createWorker?: (() => WorkerLike) | undefined;
  /** Milliseconds that a worker has to load and to instantiate the kernels. Default 30,000. */
  readonly readyTimeout?: number | undefined;
  /** How often a call is run again after its worker was lost, before it fails. Default 3. */
  readonly maxReruns?: number | undefined;
}

interface Call extends Answer {
  readonly name: string;
  readonly input: unknown;
  readonly ahead: boolean;
  losses: number;
}

type Outcome =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "error"; readonly error: unknown };

/** The options with their defaults. */
type Settings = { readonly [Key in keyof ComlinkPoolOptions]-?: NonNullable<ComlinkPoolOptions[Key]> };

/** A call that was sent to a worker. */
interface Sent {
  readonly call: Call;
  /** The worker that it was sent to. */
  readonly to: Promise<LiveWorker>;
  /** It waits there for the answer of an earlier one: a loss of the worker is not its doing. */
  behind: boolean;
}

/** A place in the pool: its worker, which may still be starting, and the calls that were sent there and not answered, in order. */
interface Slot {
  worker?: LiveWorker;
  ready?: Promise<LiveWorker>;
  readonly sent: Sent[];
}

/**
 * A fixed number of worker threads or Web Workers, one WASM instance each. A call goes to the next idle worker, or, with `ahead`, waits
 * at one that is busy, while as many calls wait as there are workers. When a worker is lost, another one is started in its place, gets the
 * installations, and its calls are run again.
 */
export class ComlinkPool implements WorkerPool {
  readonly name: string;
  readonly size: number;
  readonly sharesMemory = threadsShareMemory();
  readonly #kernels: CompiledKernels;
  readonly #options: Settings;
  readonly #slots: readonly Slot[];
  readonly #queue: Call[] = [];
  readonly #aborts = new AbortListeners();
  readonly #installations = new Map<string, Installation<unknown>>();
  #closing: Promise<void> | undefined;

  private constructor(kernels: CompiledKernels, options: Settings, hostName: string) {
    this.#kernels = kernels;
    this.#options = options;
    this.size = options.workers;
    this.name = `comlink (${options.workers} ${hostName}${options.workers === 1 ? "" : "s"})`;
    this.#slots = Array.from({ length: options.workers }, () => ({ sent: [] }));
  }

  /** Starts all workers and waits until they are ready. @throws FedscoreError FEDSCORE_WORKER where one cannot start. */
  static async start(kernels: CompiledKernels, options: ComlinkPoolOptions = {}): Promise<ComlinkPool> {
    // Here, so that whoever opens no pool does not load it.
    const host = await import("#worker-host");
    const {
      workers = host.hardwareThreads(),
      createWorker = host.createWorker,
      readyTimeout = 30_000,
      maxReruns = 3,
    } = options;
    requireInteger("workers", workers, 1, 1024);
    requireNumber("readyTimeout", readyTimeout, "must be positive and finite", (value) => value > 0);
    requireInteger("maxReruns", maxReruns, 0);
    const pool = new ComlinkPool(kernels, { workers, createWorker, readyTimeout, maxReruns }, host.hostName);
    try {
      await Promise.all(pool.#slots.map((slot) => pool.#startWorker(slot)));
      return pool;
    } catch (error) {
      await pool.close();
      const cause = error instanceof Error ? error : new Error(String(error));
      throw new FedscoreError("FEDSCORE_WORKER", `a worker could not start: ${cause.message}`, {}, cause);
    }
  }

  call<Input, Output>(job: WorkerFunction<Input, Output>, input: Input, options: CallOptions = {}): Promise<Output> {
    const { signal, ahead = false } = options;
    return new Promise<unknown>((resolve, reject) => {
      if (this.#closing) throw closedError();
      if (signal !== undefined) requireSignal("signal", signal);
      throwIfAborted(signal);
      const answer = openAnswer({ resolve, reject }, { signal, aborts: this.#aborts, onAbort: () => this.#drop(call) });
      const call: Call = Object.assign(answer, { name: job.name, input, ahead, losses: 0 });
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
    const sent = this.#slots.flatMap((slot) => slot.sent.map(({ call }) => call));
    const calls = [...this.#queue.splice(0), ...sent];
    for (const call of calls) call.reject(closedError());
    await Promise.all(this.#slots.map((slot) => slot.worker?.terminate(closedError())));
  }

  #dispatch(): void {
    for (const slot of this.#slots) {
      if (this.#queue.length > 0 && slot.sent.length === 0) this.#send(slot);
    }
    for (const slot of this.#slots) {
      if (this.#queue.length >= this.size && this.#mayWaitAt(slot)) this.#send(slot);
    }
  }

  /** True where the next call may be sent behind the one that the slot's worker is at. */
  #mayWaitAt({ sent }: Slot): boolean {
    return sent.length === 1 && sent[0].call.ahead && this.#queue[0].ahead;
  }

  /** Sends the next call to this slot's worker. Its outcome never rejects: each failure belongs to a call. */
  #send(slot: Slot): void {
    const call = this.#queue.shift();
    if (!call) return;
    const to = slot.ready && slot.worker?.lost === false ? slot.ready : this.#startWorker(slot);
    const sent: Sent = { call, to, behind: slot.sent.some((earlier) => earlier.to === to) };
    slot.sent.push(sent);
    to.then((worker) => worker.run(call.name, call.input, this.#installations)).then(
      (value) => this.#finish(slot, sent, { kind: "value", value }),
      (error: unknown) => this.#finish(slot, sent, { kind: "error", error }),
    );
  }

  /** The next call is on its way to the worker before anybody looks at this answer. */
  #finish(slot: Slot, sent: Sent, outcome: Outcome): void {
    slot.sent.splice(slot.sent.indexOf(sent), 1);
    const settle = this.#settlement(sent, outcome);
    const next = slot.sent.find(({ to }) => to === sent.to);
    if (next && !isLoss(outcome)) {
      next.behind = false;
      if (next.call.settled) void slot.worker?.terminate(abortion());
    }
    this.#dispatch();
    settle();
  }

  /** What an outcome means for its call; a call whose worker was lost is queued again, to be the next. */
  #settlement({ call, behind }: Sent, outcome: Outcome): () => void {
    if (outcome.kind === "value") return () => call.resolve(outcome.value);
    const { error } = outcome;
    if (!(error instanceof WorkerLoss)) return () => call.reject(error);
    if (call.settled) return () => {};
    if (!behind) call.losses++;
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
    const slot = this.#slots.find(({ sent }) => sent.some((each) => each.call === call && !each.behind));
    void slot?.worker?.terminate(abortion());
  }

  #startWorker(slot: Slot): Promise<LiveWorker> {
    slot.ready = this.#readyWorker(slot);
    return slot.ready;
  }

  async #readyWorker(slot: Slot): Promise<LiveWorker> {
    if (this.#closing) throw closedError();
    const worker = spawn(this.#options.createWorker);
    slot.worker = worker;
    await worker.start(this.#kernels, this.#options.readyTimeout);
    return worker;
  }
}

function isLoss(outcome: Outcome): boolean {
  return outcome.kind === "error" && outcome.error instanceof WorkerLoss;
}

function abortion(): Error {
  return new Error("its call was aborted");
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
