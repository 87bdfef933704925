import { addLosses, type LossMemory, noLosses } from "../network/level-losses.js";
import type { NetworkSpec } from "../network/spec.js";
import { addBlockSum } from "../pruning/average.js";
import { blockId, maskOfSum } from "./blocks.js";
import type { ClientStates } from "./client-states.js";
import { finiteReports } from "./finite-reports.js";
import type { KeptUpdates } from "./kept-updates.js";
import type { AbsentClient, ArrivedUpdate, Block, BlockUpdate, ClientReport, ClientState } from "./messages.js";
import { mismatch, requireAnswer, requireLossSums } from "./require-answer.js";
import { requireUpdate } from "./require-update.js";

/** In place of a sum that no client is in. */
const nothing = new Float32Array(0);

/**
 * Collects the updates of one round: in any order, each id once. Block sums are added in block order, in float64, as soon as
 * their turn has come.
 */
export class RoundSum {
  /** float64 [P]. */
  readonly total: Float64Array;
  /** float64 [2, bins]: see BlockUpdate. undefined: levels are not drawn by losses. */
  readonly lossSums: Float64Array | undefined;
  readonly #blocks: readonly Block[];
  readonly #updates: (ArrivedUpdate | undefined)[];
  readonly #reports: (readonly ClientReport[])[] = [];
  readonly #absent: (readonly AbsentClient[])[] = [];
  readonly #kept: KeptUpdates | undefined;
  readonly #states = new Map<number, ClientState>();
  #answered = 0;
  #within = 0;

  readonly #network: NetworkSpec;

  /**
   * @param blocks of the round, in block order.
   * @param total float64 [P], overwritten.
   * @param losses how losses are kept. Default: they are not asked for.
   * @param kept takes the updates in the place of `total`, which then stays 0; blocks have one client each. Default: they are summed.
   */
  constructor(
    network: NetworkSpec,
    blocks: readonly Block[],
    total: Float64Array,
    losses?: LossMemory,
    kept?: KeptUpdates,
  ) {
    this.#network = network;
    this.#blocks = blocks;
    this.#updates = blocks.map(() => undefined);
    this.total = total.fill(0);
    this.lossSums = losses && noLosses(losses);
    this.#kept = kept;
  }

  get complete(): boolean {
    return this.#reports.length === this.#blocks.length;
  }

  /** Reports of the blocks added so far, in client order. */
  get reports(): ClientReport[] {
    return this.#reports.flat();
  }

  /** Clients of the blocks added so far that gave no update, in client order. */
  get absent(): AbsentClient[] {
    return this.#absent.flat();
  }

  /** What the clients of the blocks added so far carry on, as their updates had it. */
  get states(): ClientStates {
    return this.#states;
  }

  /** Clients of the blocks added so far whose update needed no clipping. */
  get within(): number {
    return this.#within;
  }

  /** Finite updates that have arrived. */
  get answered(): number {
    return this.#answered;
  }

  /** @throws FedscoreError FEDSCORE_WORKER for an update that answers no block of this run, or has another shape. */
  add(arrived: ArrivedUpdate): void {
    const update = requireUpdate(arrived);
    if (!this.#accept(update)) update.release?.();
    this.#advance();
  }

  /** Whoever has not answered is late. */
  close(): void {
    for (const { id, round, block, clients } of this.#blocks.slice(this.#reports.length)) {
      if (this.#updates[block]) continue;
      const absent = clients.map(({ client }) => ({ client, reason: "late" as const }));
      this.add({ id, round, block, sum: nothing, reports: [], absent });
    }
  }

  /** Keeps an update until its turn; false for a repeat. */
  #accept(update: ArrivedUpdate): boolean {
    const block = this.#blocks[update.block];
    if (block?.id !== update.id) {
      if (this.#isRepeat(update)) return false;
      throw mismatch(update, "answers no block of this run");
    }
    if (update.block < this.#reports.length || this.#updates[update.block]) return false;
    requireAnswer(this.#network, block, update);
    if (this.lossSums) requireLossSums(this.lossSums, update);
    this.#updates[update.block] = update;
    this.#answered += finiteReports(update.reports).length;
    return true;
  }

  #advance(): void {
    for (let next = this.#updates[this.#reports.length]; next; next = this.#updates[this.#reports.length]) {
      this.#fold(this.#blocks[next.block], next);
      this.#keepStates(next);
      if (this.lossSums && next.lossSums) addLosses(this.lossSums, next.lossSums);
      this.#within += next.within ?? 0;
      this.#updates[next.block] = undefined;
      next.release?.();
      this.#reports.push(next.reports);
      this.#absent.push(next.absent ?? []);
    }
  }

  #fold(block: Block, update: ArrivedUpdate): void {
    if (update.reports.length === 0) return;
    if (!this.#kept) addBlockSum(this.#network, maskOfSum(block), update.sum, this.total);
    else if (finiteReports(update.reports).length > 0) this.#kept.add(block, update);
  }

  #keepStates({ reports, states }: BlockUpdate): void {
    if (states === undefined) return;
    for (const [index, { client }] of finiteReports(reports).entries()) this.#states.set(client, states[index]);
  }

  /** A late repeat of an update of an earlier round of this run. */
  #isRepeat({ id, round, block }: BlockUpdate): boolean {
    const [{ setup, round: current }] = this.#blocks;
    return round < current && id === blockId(setup, round, block);
  }
}
