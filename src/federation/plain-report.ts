import type { NetworkSpec } from "../network/spec.js";
import type { MaskFamily } from "../pruning/mask.js";
import type { RoundCoverage } from "../pruning/round-coverage.js";
import { meanLoss } from "./finite-reports.js";
import type { AbsentClient, ClientAssignment, ClientReport } from "./messages.js";
import type { ClientShare, RoundReport } from "./round-report.js";
import { withTraffic } from "./round-updates.js";
import { type Downlink, wireBytesDown, wireBytesUp } from "./traffic.js";

/** What came of a round in which clients are not protected. */
export interface PlainRound extends Pick<RoundReport, "round" | "dropped"> {
  readonly network: NetworkSpec;
  readonly maskFamily: MaskFamily;
  readonly downlink: Downlink;
  /** All who were asked. */
  readonly assignments: readonly ClientAssignment[];
  readonly reports: readonly ClientReport[];
  readonly absent: readonly AbsentClient[];
  /** Whether records are protected: their losses are told to nobody. */
  readonly hidesLosses: boolean;
  readonly shares?: readonly ClientShare[] | undefined;
  /** Absent: nobody attacks. */
  readonly attackers?: ReadonlySet<number> | undefined;
  readonly coverage: RoundCoverage;
  /** Whether control variates travel with the parameters. */
  readonly controls: boolean;
  /** 4 for each parameter of those asked, down, and of those that were averaged, up. */
  readonly bytes: { readonly down: number; readonly up: number };
}

/** The report of such a round. */
export function plainReport(found: PlainRound): Omit<RoundReport, "updateNorm" | "seconds"> {
  const { round, network, assignments, reports, dropped, absent, shares, attackers, coverage, bytes } = found;
  const { maskFamily, downlink, hidesLosses, controls } = found;
  const sentVectors = controls ? 2 : 1;
  return {
    round,
    ...(!hidesLosses && { loss: meanLoss(reports) }),
    clients: reports,
    dropped,
    absent: withTraffic(network, assignments, absent),
    ...(shares && { shares }),
    ...(attackers && { attackers: assignments.flatMap(({ client }) => (attackers.has(client) ? [client] : [])) }),
    coverage,
    bytesDown: sentVectors * bytes.down,
    bytesUp: sentVectors * bytes.up,
    wireBytesDown: wireBytesDown(network, downlink, maskFamily, assignments) + (controls ? bytes.down : 0),
    wireBytesUp: wireBytesUp(reports) + (controls ? bytes.up : 0),
    flops: reports.reduce((flops, report) => flops + report.flops, 0),
  };
}
