import type { Engine } from "../kernels/index.js";
import type { Mask, MaskClient, MaskContext, MaskFamily } from "../pruning/mask.js";
import type { CompleteOptions } from "./options.js";
import { selectParticipants } from "./participation.js";

/** What decides who takes part in a round, and with which mask. */
export interface MaskedRound
  extends Omit<MaskContext, "engine" | "clients">,
    Pick<CompleteOptions, "participation" | "capacityAssignment"> {
  /** All clients, by id. */
  readonly clients: readonly { readonly keepRatio: number }[];
  readonly maskFamily: MaskFamily;
  /** Who takes part, in ascending id. Absent: drawn by `participation`. */
  readonly ids?: ArrayLike<number> | undefined;
}

/** The clients of a round by ascending id, and the mask of each. */
export interface AssignedMasks {
  readonly clients: readonly MaskClient[];
  readonly masks: readonly Mask[];
}

/** Who takes part in a round, and with which masks: what a family gives one may depend on who else is there. */
export function assignMasks(engine: Engine, given: MaskedRound): AssignedMasks {
  const { clients, maskFamily, participation, capacityAssignment, ids: asked, ...context } = given;
  const { seed, round } = context;
  const shift = capacityAssignment === "dynamic" ? round : 0;
  const ids = asked ?? selectParticipants(engine, clients.length, participation, seed, round);
  const participants: MaskClient[] = [];
  for (let index = 0; index < ids.length; index++) {
    const id = ids[index];
    participants.push({ id, keepRatio: clients[(id + shift) % clients.length].keepRatio });
  }
  return { clients: participants, masks: maskFamily.assign({ engine, ...context, clients: participants }) };
}
