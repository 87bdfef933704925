import { layoutOf, type NetworkSpec } from "../network/spec.js";
import { concurrently } from "../workers/concurrent.js";
import { type Slot, Slots, sharedFloats } from "../workers/shared-memory.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import { sumLength } from "./blocks.js";
import { bundle } from "./bundles.js";
import type { ArrivedUpdate, Block, RoundTask } from "./messages.js";
import { BlockPacker, type PackedUpdate, unpackUpdate } from "./packed-blocks.js";
import { requireAnswers } from "./require-update.js";
import { trainBlocksShared } from "./training-tasks.js";

/** Calls for each worker: one that runs, one that waits there, one that waits in the pool. */
const callsAhead = 3;

/** Rounds of this process so far: what they are sent has a name of its own. */
let rounds = 0;

/** What a call has answered, and where the sums are. */
interface Answered {
  readonly updates: readonly PackedUpdate[];
  readonly lengths: readonly number[];
  readonly slot: Slot;
}

/**
 * The rounds of a run in the workers of a pool that shares memory: parameters and sums lie in memory that is allocated once, messages
 * carry blocks and reports.
 */
export class SharedRounds {
  readonly #pool: WorkerPool;
  readonly #training: string;
  readonly #network: NetworkSpec;
  readonly #parameters: Float32Array;
  /** Made where a round has one. */
  #control: Float32Array | undefined;
  readonly #slots: Slots;
  readonly #packer: BlockPacker;

  /** @param training key of the run's training in the pool. */
  constructor(pool: WorkerPool, training: string, network: NetworkSpec) {
    this.#pool = pool;
    this.#training = training;
    this.#network = network;
    this.#parameters = sharedFloats(layoutOf(network).size);
    this.#slots = new Slots(callsAhead * pool.size);
    this.#packer = new BlockPacker(pool);
  }

  /** One round at a time. */
  async *run(
    { parameters, control, blocks, levelLosses }: RoundTask,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<ArrivedUpdate, void, undefined> {
    this.#parameters.set(parameters);
    if (control) this.#control ??= sharedFloats(control.length);
    if (control) this.#control?.set(control);
    this.#packer.enter(blocks);
    const bundles = bundle(blocks, this.#pool.size);
    const sent = `${this.#training} ${++rounds}`;
    const train = (some: readonly Block[], ended: AbortSignal) => this.#train(some, sent, levelLosses, ended);
    for await (const answered of concurrently(bundles, callsAhead * this.#pool.size, signal, train)) {
      yield* this.#updatesOf(answered);
    }
  }

  /** Workers need to know of it no more. */
  close(): void {
    this.#packer.close();
  }

  async #train(
    blocks: readonly Block[],
    sent: string,
    levelLosses: Float64Array | undefined,
    signal: AbortSignal,
  ): Promise<Answered> {
    const lengths = blocks.map((block) => sumLength(this.#network, block));
    const slot = this.#slots.take(lengths.reduce((sum, length) => sum + length, 0));
    const call = {
      ...{ training: this.#training, parameters: this.#parameters, sent, ...this.#packer.pack(blocks), slot },
      ...(this.#control && { control: this.#control }),
      ...(levelLosses && { levelLosses }),
    };
    const answers = await this.#pool.call(trainBlocksShared, call, { signal, ahead: true });
    return { updates: requireAnswers(blocks, answers), lengths, slot };
  }

  *#updatesOf({ updates, lengths, slot }: Answered): Generator<ArrivedUpdate, void, undefined> {
    const sums = this.#slots.floatsOf(slot);
    const unread = new Set<PackedUpdate>(updates);
    let used = 0;
    for (const [index, update] of updates.entries()) {
      const sum = sums.subarray(used, used + lengths[index]);
      used += lengths[index];
      const release = () => {
        if (unread.delete(update) && unread.size === 0) this.#slots.giveBack(slot);
      };
      yield { ...unpackUpdate(update, sum), release };
    }
  }
}
