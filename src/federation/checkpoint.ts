import type { NetworkSpec } from "../network/spec.js";
import { CoverageLedger, type CoverageLedgerState } from "../pruning/ledger.js";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint-format.js";
import { type RunIdentity, requireSameRun } from "./run-identity.js";
import type { ServerState } from "./server-state.js";

/** All that a run carries from round to round. */
export interface RunState {
  readonly server: ServerState;
  readonly ledger: CoverageLedger;
}

/** What a checkpoint holds beside its arrays. */
type Values = {
  readonly identity: RunIdentity;
  readonly round: number;
  readonly averageWeight: number;
  readonly ledger: Omit<CoverageLedgerState, "covered">;
};

/** Its arrays; the vectors of the server optimizer in their order. */
type Arrays = {
  readonly parameters: Float32Array;
  readonly covered: Uint8Array;
  readonly update?: Float32Array;
  readonly average?: Float64Array;
  readonly [optimizer: `optimizer${number}`]: Float64Array;
};

/** A whole run between two rounds as bytes: resumed from them, it goes on to the same bytes as if it had not stopped. */
export function checkpointOf(identity: RunIdentity, { server, ledger }: RunState): Uint8Array<ArrayBuffer> {
  const { covered, ...counted } = ledger.state();
  const { round, parameters, update, optimizer, average } = server;
  const values: Values = { identity, round, averageWeight: average?.weight ?? 0, ledger: counted };
  const arrays: Arrays = {
    parameters,
    covered,
    ...(update && { update }),
    ...(average && { average: average.values }),
    ...Object.fromEntries(optimizer.map((vector, index) => [`optimizer${index}`, vector])),
  };
  return encodeCheckpoint({ values, arrays });
}

/**
 * The run that a checkpoint holds.
 * @throws FedscoreError FEDSCORE_CHECKPOINT for damaged bytes and other versions, and naming the key for another run.
 */
export function runFromCheckpoint(bytes: Uint8Array, identity: RunIdentity, network: NetworkSpec): RunState {
  const { values, arrays } = decodeCheckpoint(bytes);
  const { identity: stored, round, averageWeight, ledger } = values as Values;
  requireSameRun(identity, stored);
  const { parameters, update, average, covered, ...rest } = arrays as Arrays;
  return {
    server: {
      round,
      parameters,
      optimizer: Object.values(rest),
      ...(update && { update }),
      ...(average && { average: { values: average, weight: averageWeight } }),
    },
    ledger: new CoverageLedger(network, { ...ledger, covered }),
  };
}
