import { FedscoreError } from "../errors.js";
import { finiteReports } from "./finite-reports.js";
import type { ClientReport } from "./messages.js";

/** What clients have not sent yet of their updates, float32 [P] each, by client: entries that a mask does not keep wait until one does. */
export type Residuals = ReadonlyMap<number, Float32Array>;

/** What a round says of them. */
export interface RoundResiduals {
  readonly round: number;
  readonly reports: readonly ClientReport[];
  /** Of the clients of the round whose update was finite. */
  readonly residuals: Residuals;
}

/**
 * The residuals after a round: of clients that took no part, or whose update was lost or not finite, those from before.
 * @throws FedscoreError FEDSCORE_WORKER where a client's update came without one.
 */
export function residualsAfter(before: Residuals, { round, reports, residuals }: RoundResiduals): Residuals {
  for (const { client } of finiteReports(reports)) {
    if (residuals.has(client)) continue;
    const message = `round ${round}: the update of client ${client} came without its residual, which the encoding feeds back`;
    throw new FedscoreError("FEDSCORE_WORKER", message, { round, client });
  }
  return new Map([...before, ...residuals]);
}
