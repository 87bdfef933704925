import { FedscoreError } from "../errors.js";
import type { NetworkSpec } from "../network/spec.js";
import { addBlockSum } from "../pruning/average.js";
import { keptParameters } from "../pruning/submodel.js";
import { taskId } from "./blocks.js";
import type { BlockTask, BlockUpdate, ClientReport } from "./messages.js";

/** The sum of a block whose clients have different masks has every parameter. */
const whole = { kind: "full" } as const;

/**
 * Collects the updates of one round: in any order, each id once. Block sums are added in block order, in float64, as soon as
 * their turn has come.
 */
export class RoundSum {
  /** float64 [P]. */
  readonly total: Float64Array;
  readonly #tasks: readonly BlockTask[];
  readonly #updates: (BlockUpdate | undefined)[];
  readonly #reports: (readonly ClientReport[])[] = [];

  readonly #network: NetworkSpec;

  /**
   * @param tasks of the round, in block order.
   * @param total float64 [P], overwritten.
   */
  constructor(network: NetworkSpec, tasks: readonly BlockTask[], total: Float64Array) {
    this.#network = network;
    this.#tasks = tasks;
    this.#updates = tasks.map(() => undefined);
    this.total = total.fill(0);
  }

  get complete(): boolean {
    return this.#reports.length === this.#tasks.length;
  }

  /** Reports of the blocks added so far, in client order. */
  get reports(): ClientReport[] {
    return this.#reports.flat();
  }

  /** @throws FedscoreError FEDSCORE_WORKER for an update that answers no task of this run, or has another shape. */
  add(update: BlockUpdate): void {
    const task = this.#tasks[update.block];
    if (task?.id !== update.id) {
      if (this.#isRepeat(update)) return;
      throw this.#mismatch(update, "answers no task of this run");
    }
    if (update.block < this.#reports.length || this.#updates[update.block]) return;
    const { commonMask = whole } = task;
    const length = keptParameters(this.#network, commonMask);
    if (update.sum.length !== length) {
      throw this.#mismatch(update, `has ${update.sum.length} parameters, not ${length}`);
    }
    const expected = task.clients.slice(0, update.reports.length).map(({ client }) => client);
    const ended = expected.length === task.clients.length || isStopped(task, update);
    if (!ended || update.reports.some(({ client }, index) => client !== expected[index])) {
      throw this.#mismatch(update, "does not report on the clients of its task");
    }
    this.#updates[update.block] = update;
    this.#advance();
  }

  #advance(): void {
    for (let next = this.#updates[this.#reports.length]; next; next = this.#updates[this.#reports.length]) {
      const { commonMask = whole } = this.#tasks[next.block];
      addBlockSum(this.#network, commonMask, next.sum, this.total);
      this.#updates[next.block] = undefined;
      this.#reports.push(next.reports);
    }
  }

  /** A late repeat of an update of an earlier round of this run. */
  #isRepeat({ id, round, block }: BlockUpdate): boolean {
    const [{ setup, round: current }] = this.#tasks;
    return round < current && id === taskId(setup, round, block);
  }

  #mismatch(update: BlockUpdate, problem: string): FedscoreError {
    const { id, round, block } = update;
    return new FedscoreError("FEDSCORE_WORKER", `update ${id} ${problem}`, { id, round, block });
  }
}

/** True where the block ended at a client whose update was not finite. */
function isStopped(task: BlockTask, { reports }: BlockUpdate): boolean {
  return task.nonFinite === "stop" && reports.at(-1)?.nonFiniteStep !== undefined;
}
