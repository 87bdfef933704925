import type { Engine } from "../kernels/index.js";
import type { Mask, MaskContext, MaskFamily } from "../pruning/mask.js";
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

/** The clients of a round, ascending, and their masks: what a family gives one may depend on who else is there. */
export function assignMasks(engine: Engine, given: MaskedRound): { readonly client: number; readonly mask: Mask }[] {
  const { clients, maskFamily, participation, capacityAssignment, ids: asked, ...context } = given;
  const { seed, round } = context;
  const shift = capacityAssignment === "dynamic" ? round : 0;
  const ids = asked ?? selectParticipants(engine, clients.length, participation, seed, round);
  const participants = Array.from(ids, (id) => ({ id, keepRatio: clients[(id + shift) % clients.length].keepRatio }));
  const masks = maskFamily.assign({ engine, ...context, clients: participants });
  return participants.map(({ id }, index) => ({ client: id, mask: masks[index] }));
}
