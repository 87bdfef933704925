import { FedscoreError } from "../errors.js";
import { concurrently } from "../workers/concurrent.js";
import { keep } from "../workers/kept.js";
import { sharedFloats } from "../workers/shared-memory.js";
import { hold } from "../workers/task.js";
import { requirePool, type WorkerPool } from "../workers/worker-pool.js";
import { bundle } from "./bundles.js";
import { laidOut } from "./client-rows.js";
import { isOwnRule, type OwnClientRule } from "./client-rules/index.js";
import type { ArrivedUpdate, Block, RoundTask, TrainingSetup } from "./messages.js";
import { requireAnswers } from "./require-update.js";
import { SharedRounds } from "./shared-rounds.js";
import { trainBlocks, training } from "./training-tasks.js";
import type { Transport } from "./transport.js";

/** A run that the workers know. */
interface OpenRun {
  close(): void;
  run(round: RoundTask, signal: AbortSignal | undefined): AsyncIterable<ArrivedUpdate>;
}

/**
 * Runs the blocks of federations in a pool, several federations at a time if need be. Closing the transport closes the pool.
 * In this thread: `poolTransport(new InThreadPool(engine))`.
 */
export function poolTransport(pool: WorkerPool): Transport {
  requirePool(pool);
  const runs = new Map<string, OpenRun>();
  const forget = (setup: string) => {
    runs.get(setup)?.close();
    runs.delete(setup);
  };
  return {
    name: pool.name,
    async open(setup: TrainingSetup) {
      forget(setup.id);
      runs.set(setup.id, openRun(pool, setup));
    },
    async forget(setup: string) {
      forget(setup);
    },
    async *run(round, signal) {
      if (round.blocks.length === 0) return;
      const [{ setup }] = round.blocks;
      const open = runs.get(setup);
      if (!open) throw new FedscoreError("FEDSCORE_WORKER", `blocks of ${setup} came before their setup`, { setup });
      yield* open.run(round, signal);
    },
    close: () => pool.close(),
  };
}

/** With a copy of the points, shared or not: what the caller does with theirs while rounds run means the same in every pool. */
function openRun(pool: WorkerPool, setup: TrainingSetup): OpenRun {
  const { points, clientRows, clientRule } = setup;
  if (!points || !clientRows) throw withoutData(pool, setup);
  if (isOwnRule(clientRule) && !pool.inThisThread) throw elsewhere(pool, clientRule);
  const held = { ...setup, points, clientRows };
  const kept = keep(pool, training, pool.sharesMemory ? laidOut(held, sharedFloats) : laidOut(held));
  if (!pool.sharesMemory)
    return { close: kept.close, run: (round, signal) => inMessages(pool, kept.key, round, signal) };
  const shared = new SharedRounds(pool, kept.key, setup.network);
  const close = () => {
    shared.close();
    kept.close();
  };
  return { close, run: (round, signal) => shared.run(round, signal) };
}

function withoutData({ name }: WorkerPool, { id }: TrainingSetup): FedscoreError {
  const message = `${name}: a pool trains on the points of the federation, and this one has none: its clients hold their own data, which takes a transport that reaches them`;
  return new FedscoreError("FEDSCORE_UNSUPPORTED", message, { setup: id });
}

function elsewhere({ name }: WorkerPool, { name: rule }: OwnClientRule): FedscoreError {
  const message = `${name}: functions do not travel to other threads, so that the client rule ${rule} of your own takes a pool in this one: openPool(engine, { workers: 0 })`;
  return new FedscoreError("FEDSCORE_UNSUPPORTED", message, { rule });
}

/** The answers as they arrive. Each worker is sent what all blocks start from once. */
async function* inMessages(
  pool: WorkerPool,
  training: string,
  { parameters, control, blocks, levelLosses }: RoundTask,
  signal: AbortSignal | undefined,
): AsyncGenerator<ArrivedUpdate, void, undefined> {
  const round = hold(pool, trainBlocks, { parameters, ...(control && { control }) });
  const known = { ...(levelLosses && { levelLosses }) };
  const train = async (some: readonly Block[], ended: AbortSignal) =>
    requireAnswers(some, await round.call({ training, blocks: some, ...known }, { signal: ended, ahead: true }));
  try {
    const bundles = bundle(blocks, pool.size);
    for await (const updates of concurrently(bundles, bundles.length, signal, train)) yield* updates;
  } finally {
    round.close();
  }
}
