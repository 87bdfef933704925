import { FedscoreError, isFedscoreError } from "../errors.js";
import { toWireError, type WireError } from "../workers/wire-error.js";
import type { WorkerFunction, WorkerPool } from "../workers/worker-pool.js";
import { decodeMessage, encodeMessage } from "./codec.js";
import { DataStore, MissingData, poolPlace } from "./data-store.js";
import type { Server } from "./jetstream.js";
import { type CallMessage, type InstallationMessage, type Outcome, type Payload, randomIdentity } from "./protocol.js";
import { persistently } from "./retry.js";

/** Longest texts of errors that travel. */
const longest = 16_000;

/** How a call is run. */
export interface RunOptions {
  readonly signal: AbortSignal;
  /** Whether the call has failed for good where its thread is lost. */
  readonly isLastTry: boolean;
}

/** Runs calls of one run in the worker's own threads, which keep what calls need under its keys. */
export class CallRunner {
  readonly #data: DataStore;
  readonly #pool: WorkerPool;
  /** Installations that the threads have, or will have once the promise resolves. */
  readonly #installed = new Map<string, Promise<void>>();
  /** Calls under way that need a key. */
  readonly #users = new Map<string, number>();

  constructor(server: Server, run: string, pool: WorkerPool) {
    this.#data = new DataStore(server, poolPlace(run));
    this.#pool = pool;
  }

  /**
   * What becomes of a call; undefined where its thread was lost and it may be tried again.
   * @throws an error of the connection.
   */
  async run({ job, installations, input }: CallMessage, options: RunOptions): Promise<Outcome | undefined> {
    const keys = installations.map(({ key }) => key);
    this.#use(keys, 1);
    try {
      await Promise.all(installations.map((installation) => this.#install(installation)));
      const data = await this.#read(input, options.signal);
      const value = await this.#pool.call(remote(job), data, { signal: options.signal });
      const bytes = encodeMessage(value);
      const name = randomIdentity();
      return {
        kind: "value",
        value: await this.#persistently(options.signal, () => this.#data.putAlone(bytes, name)),
      };
    } catch (error) {
      if (error instanceof MissingData) return { kind: "missing" };
      if (isLoss(error) && !options.isLastTry) return undefined;
      if (isFedscoreError(error) || error instanceof RangeError || error instanceof TypeError)
        return { kind: "error", error: plainError(error) };
      throw error;
    } finally {
      this.#use(keys, -1);
      this.#uninstallAllBut(keys);
    }
  }

  #install({ key, open, close, input }: InstallationMessage): Promise<void> {
    const known = this.#installed.get(key);
    if (known) return known;
    const installing = this.#read(input).then((data) =>
      this.#pool.install(key, { open: remote(open), close: remote(close), input: data }),
    );
    this.#installed.set(key, installing);
    installing.catch(() => this.#installed.delete(key));
    return installing;
  }

  /** What calls under way and the last call do not need goes from the threads' memory. */
  #uninstallAllBut(keys: readonly string[]): void {
    for (const key of this.#installed.keys()) {
      if (keys.includes(key) || this.#users.has(key)) continue;
      this.#installed.delete(key);
      this.#pool.uninstall(key);
    }
  }

  #use(keys: readonly string[], change: number): void {
    for (const key of keys) {
      const users = (this.#users.get(key) ?? 0) + change;
      if (users > 0) this.#users.set(key, users);
      else this.#users.delete(key);
    }
  }

  async #read(payload: Payload, signal?: AbortSignal): Promise<unknown> {
    return decodeMessage(await this.#persistently(signal, () => this.#data.get(payload)));
  }

  #persistently<Result>(signal: AbortSignal | undefined, work: () => Promise<Result>): Promise<Result> {
    return persistently(() => signal?.aborted === true, work);
  }
}

/** A function of the worker's threads, by its name. */
function remote(name: string): WorkerFunction<unknown, never> {
  return {
    name,
    run() {
      throw new FedscoreError("FEDSCORE_WORKER", `${name} runs in worker threads only`);
    },
  };
}

/** Whether the thread was lost, as one is that runs out of memory. */
function isLoss(error: unknown): boolean {
  return error instanceof FedscoreError && error.code === "FEDSCORE_WORKER" && "losses" in error.details;
}

/** An error whose parts can travel. */
function plainError(error: unknown): WireError {
  const { name, message, code, details, stack } = toWireError(error);
  return {
    ...{ name, message: message.slice(0, longest) },
    ...(code !== undefined && { code }),
    ...(stack !== undefined && { stack: stack.slice(0, longest) }),
    ...(details !== undefined && isPlain(details) && { details }),
  };
}

function isPlain(details: object): boolean {
  try {
    return encodeMessage(details).length <= longest;
  } catch {
    return false;
  }
}
