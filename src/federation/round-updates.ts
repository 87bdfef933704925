import { FedscoreError, isFedscoreError } from "../errors.js";
import type { NetworkSpec } from "../network/spec.js";
import { compileMask } from "../pruning/compiled-mask.js";
import { type AbsentClient, absenceReasons, type ClientAssignment } from "./messages.js";
import type { AbsentReport } from "./round-report.js";

/** What became of the updates of a round. */
export interface RoundUpdates {
  /** Fewest finite updates that the round counts with. */
  readonly wanted: number;
  readonly got: number;
  /** Clients whose update was not finite. */
  readonly dropped: readonly number[];
  readonly absent: readonly AbsentClient[];
}

/** @throws FedscoreError FEDSCORE_NON_FINITE where all updates were dropped, FEDSCORE_TOO_FEW_UPDATES where there are fewer than are wanted. */
export function requireUpdates(round: number, { wanted, got, dropped, absent }: RoundUpdates): void {
  if (got >= wanted) return;
  if (got === 0 && absent.length === 0) {
    const message = `round ${round}: no client's update was finite`;
    throw new FedscoreError("FEDSCORE_NON_FINITE", message, { round, clients: dropped });
  }
  const counts = [
    ...absenceReasons.map((reason) => [absent.filter((each) => each.reason === reason).length, reason]),
    [dropped.length, "not finite"],
  ];
  const others = counts.filter(([count]) => count !== 0).map((each) => each.join(" "));
  const message = `round ${round}: ${got} updates where at least ${wanted} are wanted (${others.join(", ")})`;
  throw new FedscoreError("FEDSCORE_TOO_FEW_UPDATES", message, { round, wanted, got, dropped, absent });
}

/** Whether a run stopped because too few clients answered: it can go on from its last whole round. */
export function isTooFew(error: unknown): boolean {
  return isFedscoreError(error) && error.code === "FEDSCORE_TOO_FEW_UPDATES";
}

/** The absences of a round, with what the clients were sent. */
export function withTraffic(
  network: NetworkSpec,
  assignments: readonly ClientAssignment[],
  absent: readonly AbsentClient[],
): AbsentReport[] {
  if (absent.length === 0) return [];
  const masks = new Map(assignments.map(({ client, mask }) => [client, mask]));
  return absent.map(({ client, reason, message }) => {
    const mask = masks.get(client);
    const parameters = mask ? compileMask(network, mask).kept : 0;
    return { client, reason, ...(message !== undefined && { message }), parameters };
  });
}
