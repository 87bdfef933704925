import { firstNonFinite } from "../data/finite.js";
import type { NetworkSpec } from "../network/spec.js";
import { compileMask } from "../pruning/compiled-mask.js";
import { gatherKept } from "../pruning/kept-entries.js";
import type { SingleUpdate } from "./aggregations/aggregation.js";
import type { Block, BlockUpdate, ClientAssignment } from "./messages.js";
import type { NormalizedRound } from "./normalized-updates.js";
import { mismatch } from "./require-answer.js";

/** The updates of a round whose blocks have one client each, kept until all are there: 4 bytes for each parameter that a client keeps. */
export class KeptUpdates {
  readonly #network: NetworkSpec;
  readonly #weights: ReadonlyMap<number, number>;
  readonly #normalized: NormalizedRound | undefined;
  readonly #updates: SingleUpdate[] = [];

  /**
   * @param assignments of the round: those of its blocks, with the clients' own weights.
   * @param normalized updates are kept divided by the effective steps of their clients. Default: as they are.
   */
  constructor(network: NetworkSpec, assignments: readonly ClientAssignment[], normalized?: NormalizedRound) {
    this.#network = network;
    this.#normalized = normalized;
    this.#weights = new Map(assignments.map(({ client, weight }) => [client, weight]));
  }

  /** Those that were added, in their order. */
  get updates(): readonly SingleUpdate[] {
    return this.#updates;
  }

  /**
   * The update of the only client of a block. The memory of its sum may go afterwards.
   * @throws FedscoreError FEDSCORE_WORKER where it has NaN or Infinity.
   */
  add({ clients: [{ client, mask }] }: Block, update: BlockUpdate): void {
    const { sum } = update;
    const broken = firstNonFinite(sum);
    if (broken >= 0) throw mismatch(update, `has ${sum[broken]} at parameter ${broken}`);
    const compiled = compileMask(this.#network, mask);
    const values = mask.kind === "unstructured" ? gatherKept(compiled, sum) : sum.slice();
    const steps = this.#normalized?.effectiveSteps.get(client);
    this.#updates.push({
      client,
      keep: compiled.keep,
      values: steps === undefined ? values : values.map((value) => value / steps),
      weight: this.#weights.get(client) ?? 1,
    });
  }
}
