import type { Engine } from "../../kernels/index.js";
import type { NetworkSpec } from "../../network/spec.js";
import type { MaskFamily } from "../../pruning/mask.js";
import type { RoundCoverage } from "../../pruning/round-coverage.js";
import { trainingFlops } from "../blocks.js";
import { createEncoding, type EncodingSpec } from "../encodings/index.js";
import { federationDefaults } from "../federation-fields.js";
import type { ClientAssignment } from "../messages.js";
import type { RoundReport } from "../round-report.js";
import { type Downlink, mostBytesUp, wireBytesDown } from "../traffic.js";

/** What is public of a round in which clients are protected. */
export interface PrivateRound {
  readonly round: number;
  readonly network: NetworkSpec;
  readonly encoding?: EncodingSpec | undefined;
  readonly downlink: Downlink;
  readonly maskFamily: MaskFamily;
  readonly participation: number;
  /** All clients, each of whom may have taken part. */
  readonly roster: readonly ClientAssignment[];
  /** Rows of a local step. */
  readonly stepRows: number;
  /** 4 for each parameter that each client of the roster keeps. */
  readonly bytes: number;
  readonly coverage: RoundCoverage;
  readonly clipNorm: number;
  readonly expectedClients: number;
}

/** The report of such a round: traffic and arithmetic are what is expected of the roster, of the clients that took part nothing is told. */
export function privateReport(engine: Engine, told: PrivateRound): Omit<RoundReport, "updateNorm" | "seconds"> {
  const { round, network, downlink, maskFamily, participation, roster, stepRows, bytes, coverage } = told;
  const { encoding = federationDefaults.encoding, clipNorm, expectedClients } = told;
  const ofExpected = (amount: number) => Math.round(participation * amount);
  return {
    round,
    privacy: { clipNorm, expectedClients },
    ...{ clients: [], dropped: [], absent: [] },
    coverage,
    bytesDown: ofExpected(bytes),
    bytesUp: ofExpected(bytes),
    wireBytesDown: ofExpected(wireBytesDown(network, downlink, maskFamily, roster)),
    wireBytesUp: ofExpected(mostBytesUp(network, createEncoding(engine, encoding), roster)),
    flops: ofExpected(trainingFlops(network, stepRows, roster)),
  };
}
