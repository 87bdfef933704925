import { ArgumentError, requireFunction, requireInteger, requireNumber, throwIfAborted } from "../errors.js";
import type { Variant } from "../kernels/index.js";
import { keysOf, requireOptions } from "../options.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import { RemotePool } from "./remote-pool.js";
import { requireServer, type ServerOptions, serverKeys } from "./server-options.js";

/** The server of a pool, and what it does there. */
export interface NatsPoolOptions extends ServerOptions {
  /** Build of the kernels that all workers run. Default "simd", the one with the same bytes on every machine. */
  readonly variant?: Variant | undefined;
  /** Places at workers that the pool waits for before it opens. Default 1. */
  readonly minimumWorkers?: number | undefined;
  /** What `size` says, by which work is cut; default: the places of the workers that are there. */
  readonly size?: number | undefined;
  /** Milliseconds without a sign of life of a worker after which its call goes to another one. Default 6,000. */
  readonly ackWait?: number | undefined;
  /** How often a call is given to a worker that is lost with it, before it fails. Default 3. */
  readonly tries?: number | undefined;
  /** Milliseconds after which the server deletes what a pool has left behind that was not closed. Default a day. */
  readonly maxAge?: number | undefined;
  /** Told in a sentence who joins and leaves, and what is waited for. */
  readonly onNote?: ((text: string) => void) | undefined;
  /** Ends the waiting for workers. */
  readonly signal?: AbortSignal | undefined;
}

const poolKeys = [
  ...serverKeys,
  ...keysOf<Omit<NatsPoolOptions, keyof ServerOptions>>({
    ...{ variant: true, minimumWorkers: true, size: true, ackWait: true },
    ...{ tries: true, maxAge: true, onNote: true, signal: true },
  }),
];

const day = 24 * 3_600_000;

/**
 * A pool whose workers are anywhere: `fedscore worker --server URL`, `serveNats`, pages. Calls go by a NATS server with JetStream (2.10 or later).
 * Opens once a worker is there. With variant "simd" a run gives the bytes that it gives in worker threads, whichever workers there are, whichever
 * are lost, and in whichever order they answer.
 * @throws FedscoreError FEDSCORE_WORKER where the server cannot be reached, FEDSCORE_UNSUPPORTED where its packages are not installed,
 * FEDSCORE_ABORTED.
 */
export async function natsPool(options: NatsPoolOptions): Promise<WorkerPool> {
  requirePoolOptions(options);
  const { signal, ackWait = 6000, tries = 3, maxAge = day, minimumWorkers = 1 } = options;
  throwIfAborted(signal);
  const { variant = "simd", size, onNote = () => {} } = options;
  const pool = await RemotePool.open(options, { variant, size, times: { ackWait, maxAge }, tries, onNote });
  try {
    await pool.waitForWorkers(minimumWorkers, signal);
    return pool;
  } catch (error) {
    await pool.close();
    throw error;
  }
}

function requirePoolOptions(options: NatsPoolOptions): void {
  const { variant, minimumWorkers, size, ackWait, tries, maxAge, onNote } = requireOptions(
    "options",
    options,
    poolKeys,
  );
  requireServer(options);
  if (variant !== undefined && variant !== "simd" && variant !== "relaxed")
    throw new ArgumentError("variant", 'must be "simd" or "relaxed"', variant);
  for (const [key, count] of Object.entries({ minimumWorkers, size }))
    if (count !== undefined) requireInteger(key, count, 1, 100_000);
  if (tries !== undefined) requireInteger("tries", tries, 1, 1000);
  for (const [key, time] of Object.entries({ ackWait, maxAge }))
    if (time !== undefined) requireNumber(key, time, "must be >= 1000 milliseconds", (value) => value >= 1000);
  if (onNote !== undefined) requireFunction("onNote", onNote);
}
