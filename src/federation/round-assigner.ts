import type { Engine } from "../kernels/index.js";
import type { Mask } from "../pruning/mask.js";
import { validateMask } from "../pruning/validate.js";
import { assignMasks } from "./assign-masks.js";
import type { RunState } from "./checkpoint.js";
import { sentState } from "./controls.js";
import type { StartingPoint } from "./devices/asked-round.js";
import type { ClientAssignment, ClientState } from "./messages.js";
import type { CompleteOptions } from "./options.js";

/** What clients are sent besides parameters and masks. */
export interface SentStates extends Pick<RunState, "states" | "controls"> {
  /** float32 [P]: the mean control variate, where the client rule has them. */
  readonly control: Float32Array | undefined;
}

/** Says what clients do in a round. */
export class RoundAssigner {
  readonly #engine: Engine;
  readonly #options: CompleteOptions;
  readonly #rowCounts: Float64Array;
  /** Masks that are known to fit the network: families often assign the same again. */
  readonly #valid = new WeakSet<Mask>();

  /** @param rowCounts rows of each client. */
  constructor(engine: Engine, options: CompleteOptions, rowCounts: Float64Array) {
    this.#engine = engine;
    this.#options = options;
    this.#rowCounts = rowCounts;
  }

  /**
   * Clients that start from some parameters, with their masks, steps and weights; in ascending client id.
   * @param ids of the clients. Default: those that are drawn for the round.
   */
  assign({ round, parameters, update }: StartingPoint, sent: SentStates, ids?: ArrayLike<number>): ClientAssignment[] {
    const { network, clients, maskFamily, participation, seed, localSteps, capacityAssignment } = this.#options;
    const { clients: participants, masks } = assignMasks(this.#engine, {
      ...{ spec: network, seed, round, clients, maskFamily, participation, capacityAssignment, parameters },
      ...(update && { update }),
      ids,
    });
    return participants.map(({ id: client }, index) => {
      const assignment = {
        client,
        mask: this.#checked(masks[index], client),
        localSteps: clients[client].localSteps ?? localSteps,
        weight: this.weightOf(client),
      };
      const state = stateOf(client, sent);
      return state ? { ...assignment, state } : assignment;
    });
  }

  /** Of a client's update in averages. */
  weightOf(client: number): number {
    return this.#options.weighting === "samples" ? this.#rowCounts[client] : 1;
  }

  /** Once for each mask: workers take it as it comes. @throws ArgumentError or ArgumentTypeError where the family assigned a wrong one. */
  #checked(mask: Mask, client: number): Mask {
    if (this.#valid.has(mask)) return mask;
    validateMask(`maskFamily.assign: mask of client ${client}`, this.#options.network, mask);
    this.#valid.add(mask);
    return mask;
  }
}

function stateOf(client: number, { states, controls, control }: SentStates): ClientState | undefined {
  const state = states?.get(client);
  return state && controls && control ? sentState(controls, control, client, state) : state;
}
