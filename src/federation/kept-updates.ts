import { firstNonFinite } from "../data/finite.js";
import type { NetworkSpec } from "../network/spec.js";
import { compileMask } from "../pruning/compiled-mask.js";
import { gatherKept } from "../pruning/kept-entries.js";
import type { SingleUpdate } from "./aggregations/aggregation.js";
import type { Block, BlockUpdate, ClientAssignment } from "./messages.js";
import { mismatch } from "./require-answer.js";

/** The updates of a round whose blocks have one client each, kept until all are there: 4 bytes for each parameter that a client keeps. */
export class KeptUpdates {
  readonly #network: NetworkSpec;
  readonly #weights: ReadonlyMap<number, number>;
  readonly #updates: SingleUpdate[] = [];

  /** @param assignments of the round: those of its blocks, with the clients' own weights. */
  constructor(network: NetworkSpec, assignments: readonly ClientAssignment[]) {
    this.#network = network;
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
    this.#updates.push({
      client,
      keep: compiled.keep,
      values: mask.kind === "unstructured" ? gatherKept(compiled, sum) : sum.slice(),
      weight: this.#weights.get(client) ?? 1,
    });
  }
}
