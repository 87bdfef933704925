import { CoverageLedger } from "../pruning/ledger.js";
import { type CheckpointContent, contentChecksum, decodeCheckpoint, encodeCheckpoint } from "./checkpoint-format.js";
import { type CheckpointRun, checkedAgainst } from "./checkpoint-rules.js";
import { arrayNameOf, type Carried, type ClientStates } from "./client-states.js";
import type { Controls } from "./controls.js";
import type { VirtualState } from "./devices/asked-round.js";
import { virtualArrays, virtualValues } from "./devices/checkpoint.js";
import { type RunIdentity, requireSameRun } from "./run-identity.js";
import type { ServerState } from "./server-state.js";

/** All that a run carries from round to round. */
export interface RunState {
  readonly server: ServerState;
  readonly ledger: CoverageLedger;
  /** Where clients carry something. */
  readonly states?: ClientStates;
  /** Where the client rule has control variates. */
  readonly controls?: Controls;
  /** C of the next round, where clients are protected. */
  readonly clipNorm?: number;
  /** float64 [2, bins]: see BlockUpdate, each round before the last times the decay once more. Absent: levels are not drawn by losses. */
  readonly lossSums?: Float64Array;
  /** Absent: time is not virtual. */
  readonly virtual?: VirtualState;
}

/**
 * A whole run between two rounds as bytes: resumed from them, it goes on to the same bytes as if it had not stopped.
 * @param carried what its clients carry. Default: nothing.
 */
export function checkpointOf(
  identity: RunIdentity,
  { server, ledger, states, controls, clipNorm, lossSums, virtual }: RunState,
  carried: readonly Carried[] = [],
): Uint8Array<ArrayBuffer> {
  const { covered, ...counted } = ledger.state();
  const { round, parameters, update, optimizer, average } = server;
  const content: CheckpointContent = {
    values: {
      identity,
      round,
      averageWeight: average?.weight ?? 0,
      ledger: counted,
      ...(virtual && { virtual: virtualValues(virtual) }),
      ...(states && { stateClients: [...states.keys()] }),
      ...(clipNorm !== undefined && { clipNorm }),
    },
    arrays: {
      parameters,
      covered,
      ...(update && { update }),
      ...(average && { average: average.values }),
      ...(states && vectorsOf(states, carried)),
      ...(controls && { controlKept: joined(Uint8Array, [...controls.kept.values()]), controlSum: controls.sum }),
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

/** What clients carry, a vector of each after the other. */
function vectorsOf(states: ClientStates, carried: readonly Carried[]): Readonly<Record<string, Float32Array>> {
  const all = [...states.values()];
  return Object.fromEntries(
    carried.map((name) => [
      arrayNameOf(name),
      joined(
        Float32Array,
        all.flatMap(({ [name]: vector }) => vector ?? []),
      ),
    ]),
  );
}

/** Vectors, one after the other. */
function joined<Vector extends Float32Array | Uint8Array>(
  kind: new (length: number) => Vector,
  vectors: readonly Vector[],
): Vector {
  const all = new kind(vectors.reduce((length, vector) => length + vector.length, 0));
  let used = 0;
  for (const vector of vectors) {
    all.set(vector, used);
    used += vector.length;
  }
  return all;
}
