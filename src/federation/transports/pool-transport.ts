import type { BlockTask, BlockUpdate, TrainingSetup } from "../messages.js";
import { closeTraining, openTraining, trainBlock } from "../training-functions.js";
import type { Transport } from "../transport.js";
import type { WorkerPool } from "../worker-pool.js";

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
  const ended = new AbortController();
  const end = () => ended.abort(signal?.reason);
  if (signal?.aborted) end();
  signal?.addEventListener("abort", end);
  const arrived: BlockUpdate[] = [];
  let failure: { readonly error: unknown } | undefined;
  let wake = () => {};
  const calls = tasks.map(async (task) => {
    try {
      arrived.push(await pool.call(trainBlock, task, { signal: ended.signal }));
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
  }
}
