import { FedscoreError } from "../errors.js";
import { concurrently } from "../workers/concurrent.js";
import { type KeptInPool, keep } from "../workers/kept.js";
import { type Held, hold } from "../workers/task.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import { bundle } from "./bundles.js";
import type { BlockTask, BlockUpdate, TrainingSetup } from "./messages.js";
import { type BlocksCall, trainBlocks, training } from "./training-tasks.js";
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
    run: (tasks, signal) => updatesOf(pool, keyOf, tasks, signal),
    close: () => pool.close(),
  };
}

/** The answers as they arrive. Each worker is sent the parameters once a round instead of once a block. */
async function* updatesOf(
  pool: WorkerPool,
  keyOf: (setup: string) => string,
  tasks: readonly BlockTask[],
  signal: AbortSignal | undefined,
): AsyncGenerator<BlockUpdate, void, undefined> {
  const rounds = new Map<Float32Array, Held<BlocksCall, BlockUpdate[]>>();
  const roundFrom = (parameters: Float32Array) => {
    const round = rounds.get(parameters) ?? hold(pool, trainBlocks, parameters);
    rounds.set(parameters, round);
    return round;
  };
  const train = async (run: readonly BlockTask[], ended: AbortSignal) => {
    const [{ setup, parameters }] = run;
    const blocks = run.map(({ parameters: _, ...block }) => block);
    return roundFrom(parameters).call({ training: keyOf(setup), blocks }, { signal: ended, ahead: true });
  };
  try {
    const bundles = bundle(tasks, pool.size);
    for await (const updates of concurrently(bundles, bundles.length, signal, train)) yield* updates;
  } finally {
    for (const round of rounds.values()) round.close();
  }
}
