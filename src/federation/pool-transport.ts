import { FedscoreError } from "../errors.js";
import { concurrently } from "../workers/concurrent.js";
import { type KeptInPool, keep } from "../workers/kept.js";
import { hold } from "../workers/task.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import { bundle } from "./bundles.js";
import type { Block, BlockUpdate, RoundTask, TrainingSetup } from "./messages.js";
import { trainBlocks, training } from "./training-tasks.js";
import type { Transport } from "./transport.js";

/**
 * Runs the blocks of federations in a pool, several federations at a time if need be. Closing the transport closes the pool.
 * In this thread: `poolTransport(new InThreadPool(engine))`.
 */
export function poolTransport(pool: WorkerPool): Transport {
  const trainings = new Map<string, KeptInPool>();
  const forget = (setup: string) => {
    trainings.get(setup)?.close();
    trainings.delete(setup);
  };
  const keyOf = (setup: string) => {
    const kept = trainings.get(setup);
    if (!kept) throw new FedscoreError("FEDSCORE_WORKER", `blocks of ${setup} came before their setup`, { setup });
    return kept.key;
  };
  return {
    name: pool.name,
    async open(setup: TrainingSetup) {
      forget(setup.id);
      trainings.set(setup.id, keep(pool, training, setup));
    },
    async forget(setup: string) {
      forget(setup);
    },
    run: (round, signal) => updatesOf(pool, keyOf, round, signal),
    close: () => pool.close(),
  };
}

/** The answers as they arrive. Each worker is sent the parameters once. */
async function* updatesOf(
  pool: WorkerPool,
  keyOf: (setup: string) => string,
  { parameters, blocks }: RoundTask,
  signal: AbortSignal | undefined,
): AsyncGenerator<BlockUpdate, void, undefined> {
  if (blocks.length === 0) return;
  const training = keyOf(blocks[0].setup);
  const round = hold(pool, trainBlocks, parameters);
  const train = (some: readonly Block[], ended: AbortSignal) =>
    round.call({ training, blocks: some }, { signal: ended, ahead: true });
  try {
    const bundles = bundle(blocks, pool.size);
    for await (const updates of concurrently(bundles, bundles.length, signal, train)) yield* updates;
  } finally {
    round.close();
  }
}
