import { CoverageLedger } from "../pruning/ledger.js";
import { type CheckpointContent, contentChecksum, decodeCheckpoint, encodeCheckpoint } from "./checkpoint-format.js";
import { type CheckpointRun, checkedAgainst } from "./checkpoint-rules.js";
import type { VirtualState } from "./devices/asked-round.js";
import { virtualArrays, virtualValues } from "./devices/checkpoint.js";
import type { Residuals } from "./residuals.js";
import { type RunIdentity, requireSameRun } from "./run-identity.js";
import type { ServerState } from "./server-state.js";

/** All that a run carries from round to round. */
export interface RunState {
  readonly server: ServerState;
  readonly ledger: CoverageLedger;
  /** Of the clients that have one, where the encoding has feedback. */
  readonly residuals?: Residuals;
  /** float64 [2, bins]: see BlockUpdate, each round before the last times the decay once more. Absent: levels are not drawn by losses. */
  readonly lossSums?: Float64Array;
  /** Absent: time is not virtual. */
  readonly virtual?: VirtualState;
}

/** A whole run between two rounds as bytes: resumed from them, it goes on to the same bytes as if it had not stopped. */
export function checkpointOf(
  identity: RunIdentity,
  { server, ledger, residuals, lossSums, virtual }: RunState,
): Uint8Array<ArrayBuffer> {
  const { covered, ...counted } = ledger.state();
  const { round, parameters, update, optimizer, average } = server;
  const content: CheckpointContent = {
    values: {
      identity,
      round,
      averageWeight: average?.weight ?? 0,
      ledger: counted,
      ...(residuals && { residualClients: [...residuals.keys()] }),
      ...(virtual && { virtual: virtualValues(virtual) }),
    },
    arrays: {
      parameters,
      covered,
      ...(update && { update }),
      ...(average && { average: average.values }),
      ...(residuals && { residuals: joined([...residuals.values()], parameters.length) }),
      ...(lossSums && { lossSums }),
      ...(virtual && virtualArrays(virtual)),
      ...Object.fromEntries(optimizer.map((vector, index) => [`optimizer${index}`, vector])),
    },
  };
  return encodeCheckpoint({ ...content, values: { ...content.values, checksum: contentChecksum(content) } });
}

/**
 * The run that a checkpoint holds, once all of it is known to be what `run` can have written.
 * @throws FedscoreError FEDSCORE_CHECKPOINT for damaged bytes and other versions, naming the key for another run, and naming what is no state
 * of this run.
 */
export function runFromCheckpoint(bytes: Uint8Array, identity: RunIdentity, run: CheckpointRun): RunState {
  const content = decodeCheckpoint(bytes);
  requireSameRun(identity, content.values.identity);
  const { ledger, ...checked } = checkedAgainst(run, content);
  return { ...checked, ledger: new CoverageLedger(run.network, ledger) };
}

/** Vectors of one length, one after the other. */
function joined(vectors: readonly Float32Array[], length: number): Float32Array {
  const all = new Float32Array(length * vectors.length);
  for (const [index, vector] of vectors.entries()) all.set(vector, index * length);
  return all;
}
