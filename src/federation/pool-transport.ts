import { throwIfAborted } from "../errors.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import { bundle } from "./bundles.js";
import type { BlockTask, BlockUpdate, TrainingSetup } from "./messages.js";
import { closeRound, closeTraining, openRound, openTraining, trainBlocks } from "./training-functions.js";
import type { Transport } from "./transport.js";

let rounds = 0;

/**
 * Runs the blocks of federations in a pool, several federations at a time if need be. Closing the transport closes the pool.
 * In this thread: `poolTransport(new InThreadPool(engine))`.
 */
export function poolTransport(pool: WorkerPool): Transport {
  return {
    name: pool.name,
    async open(setup: TrainingSetup) {
      pool.install(setup.id, { open: openTraining, close: closeTraining, input: setup });
    },
    async forget(setup: string) {
      pool.uninstall(setup);
    },
    run: (tasks, signal) => updatesOf(pool, tasks, signal),
    close: () => pool.close(),
  };
}

/** The answers as they arrive. Whoever stops listening, or hears of a failure, also stops what is still under way. */
async function* updatesOf(
  pool: WorkerPool,
  tasks: readonly BlockTask[],
  signal: AbortSignal | undefined,
): AsyncGenerator<BlockUpdate, void, undefined> {
  throwIfAborted(signal);
  const ended = new AbortController();
  const end = () => ended.abort(signal?.reason);
  signal?.addEventListener("abort", end);
  const keys = sendParameters(pool, tasks);
  const arrived: BlockUpdate[] = [];
  let failure: { readonly error: unknown } | undefined;
  let wake = () => {};
  const calls = bundle(tasks, pool.size).map(async (run) => {
    const [{ setup, parameters }] = run;
    const blocks = run.map(({ parameters: _, ...block }) => block);
    try {
      const call = { setup, parametersKey: keys.get(parameters) ?? "", blocks };
      arrived.push(...(await pool.call(trainBlocks, call, { signal: ended.signal, ahead: true })));
    } catch (error) {
      failure ??= { error };
    }
    wake();
  });
  try {
    for (let count = 0; count < tasks.length; ) {
      if (failure) throw failure.error;
      const update = arrived.shift();
      if (update) {
        count++;
        yield update;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    signal?.removeEventListener("abort", end);
    ended.abort();
    await Promise.all(calls);
    for (const key of keys.values()) pool.uninstall(key);
  }
}

/** Sends each worker the parameters once a round instead of once a block; returns the key of each array. */
function sendParameters(pool: WorkerPool, tasks: readonly BlockTask[]): ReadonlyMap<Float32Array, string> {
  const keys = new Map<Float32Array, string>();
  for (const { parameters } of tasks) {
    if (keys.has(parameters)) continue;
    const key = `parameters-${++rounds}`;
    keys.set(parameters, key);
    pool.install(key, { open: openRound, close: closeRound, input: { key, parameters } });
  }
  return keys;
}
