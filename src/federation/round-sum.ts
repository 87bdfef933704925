import { FedscoreError } from "../errors.js";
import type { NetworkSpec } from "../network/spec.js";
import { addBlockSum } from "../pruning/average.js";
import { compileMask } from "../pruning/compiled-mask.js";
import { blockId } from "./blocks.js";
import type { ArrivedUpdate, Block, BlockUpdate, ClientReport } from "./messages.js";
import { requireUpdate } from "./require-update.js";

/** The sum of a block whose clients have different masks has every parameter. */
const whole = { kind: "full" } as const;

/**
 * Collects the updates of one round: in any order, each id once. Block sums are added in block order, in float64, as soon as
 * their turn has come.
 */
export class RoundSum {
  /** float64 [P]. */
  readonly total: Float64Array;
  readonly #blocks: readonly Block[];
  readonly #updates: (ArrivedUpdate | undefined)[];
  readonly #reports: (readonly ClientReport[])[] = [];

  readonly #network: NetworkSpec;

  /**
   * @param blocks of the round, in block order.
   * @param total float64 [P], overwritten.
   */
  constructor(network: NetworkSpec, blocks: readonly Block[], total: Float64Array) {
    this.#network = network;
    this.#blocks = blocks;
    this.#updates = blocks.map(() => undefined);
    this.total = total.fill(0);
  }

  get complete(): boolean {
    return this.#reports.length === this.#blocks.length;
  }

  /** Reports of the blocks added so far, in client order. */
  get reports(): ClientReport[] {
    return this.#reports.flat();
  }

  /** @throws FedscoreError FEDSCORE_WORKER for an update that answers no block of this run, or has another shape. */
  add(arrived: ArrivedUpdate): void {
    const update = requireUpdate(arrived);
    if (!this.#accept(update)) update.release?.();
    this.#advance();
  }

  /** Keeps an update until its turn; false for a repeat. */
  #accept(update: ArrivedUpdate): boolean {
    const block = this.#blocks[update.block];
    if (block?.id !== update.id) {
      if (this.#isRepeat(update)) return false;
      throw this.#mismatch(update, "answers no block of this run");
    }
    if (update.block < this.#reports.length || this.#updates[update.block]) return false;
    const { commonMask = whole } = block;
    const length = compileMask(this.#network, commonMask).kept;
    if (update.sum.length !== length) {
      throw this.#mismatch(update, `has ${update.sum.length} parameters, not ${length}`);
    }
    const expected = block.clients.slice(0, update.reports.length).map(({ client }) => client);
    const ended = expected.length === block.clients.length || isStopped(block, update);
    if (!ended || update.reports.some(({ client }, index) => client !== expected[index])) {
      throw this.#mismatch(update, "does not report on the clients of its block");
    }
    this.#updates[update.block] = update;
    return true;
  }

  #advance(): void {
    for (let next = this.#updates[this.#reports.length]; next; next = this.#updates[this.#reports.length]) {
      const { commonMask = whole } = this.#blocks[next.block];
      addBlockSum(this.#network, commonMask, next.sum, this.total);
      this.#updates[next.block] = undefined;
      next.release?.();
      this.#reports.push(next.reports);
    }
  }

  /** A late repeat of an update of an earlier round of this run. */
  #isRepeat({ id, round, block }: BlockUpdate): boolean {
    const [{ setup, round: current }] = this.#blocks;
    return round < current && id === blockId(setup, round, block);
  }

  #mismatch(update: BlockUpdate, problem: string): FedscoreError {
    const { id, round, block } = update;
    return new FedscoreError("FEDSCORE_WORKER", `update ${id} ${problem}`, { id, round, block });
  }
}

/** True where the block ended at a client whose update was not finite. */
function isStopped(block: Block, { reports }: BlockUpdate): boolean {
  return block.nonFinite === "stop" && reports.at(-1)?.nonFiniteStep !== undefined;
}
