import * as z from "zod";
import { checkpointError, decodeCheckpoint } from "../../federation/checkpoint-format.js";
import type { Federation } from "../../federation/federation.js";
import { firstDifference, resumable } from "../config/difference.js";
import type { ExperimentConfig } from "../config/schema.js";
import type { CheckpointFile } from "../files/checkpoint-file.js";
import type { RunIdentity } from "../identity.js";
import type { RoundRecord, RunHistory } from "../result/history.js";
import { contradictionIn, type HistoryState, historyState } from "../result/history-state.js";
import { encodeProbes, type ProbeState, plainState, readProbes } from "./probe-state.js";

/** What a stage had done: the bytes of its federation's checkpoint, and what it found in these rounds. */
export interface EarlierStage {
  readonly checkpoint: Uint8Array;
  readonly history: HistoryState;
  /** The same of its best round, where its training may end early and was measured. */
  readonly best: Uint8Array | undefined;
}

/** What an interrupted run left. */
export interface EarlierRun {
  readonly training: EarlierStage & { readonly probes: ProbeState };
  /** Undefined where it had no checkpoint yet. */
  readonly reference: EarlierStage | undefined;
}

/** What a stage has done, and in which run. */
export interface StageState {
  readonly run: RunIdentity;
  readonly federation: Federation;
  readonly history: RunHistory;
  /** Of the training that is probed. */
  readonly probes: ProbeState | undefined;
  /** The checkpoint of its best round, where its training may end early and was measured. */
  readonly best: Uint8Array | undefined;
}

/** The state of a stage as a file of bytes holds it. */
export function stageFile({ run, federation, history, probes, best }: StageState): CheckpointFile {
  const measured = probes && encodeProbes(probes);
  return {
    run,
    rounds: history.rounds,
    found: { history: history.state, probes: measured?.plain ?? null },
    arrays: { federation: federation.checkpoint(), ...(best && { best }), ...measured?.arrays },
  };
}

/**
 * What a stage had done by what was kept of it.
 * @param run what goes on now: the build, the config but for its rounds and when they are closed, and the data must be those of the checkpoint.
 * @throws FedscoreError FEDSCORE_CHECKPOINT saying what is wrong with it.
 */
export function earlierStage(
  { run: begun, rounds, found, arrays }: CheckpointFile,
  config: ExperimentConfig,
  run: RunIdentity,
  stage: RoundRecord["stage"],
): EarlierStage & { readonly probes: ProbeState } {
  requireSame(begun, config, run);
  const parsed = foundSchema.safeParse(found);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw checkpointError(`what it has found is none of a run: ${path.join(".")}: ${message}`);
  }
  const { values, arrays: inner } = decodeCheckpoint(arrays.federation);
  if (values.round !== rounds) throw checkpointError(`its federation has not done the ${rounds} rounds that it has`);
  const { history, probes } = parsed.data;
  const contradiction = contradictionIn(history, stage === "training" ? config.federation.clients : 1, rounds);
  if (contradiction !== undefined) throw checkpointError(contradiction);
  if ((probes === null) !== (stage === "reference" || !config.apriori)) {
    throw checkpointError("it has probes where its config asks for none, or none where it does");
  }
  const { best } = arrays;
  if (best instanceof Uint8Array !== history.perRound.some(({ heldOutLoss }) => heldOutLoss !== undefined))
    throw checkpointError("it has no state of its best round, or one and no round was measured");
  const size = inner.parameters?.length ?? 0;
  return {
    checkpoint: arrays.federation,
    history,
    best: best instanceof Uint8Array ? best : undefined,
    probes: readProbes(probes ?? { probes: [], failure: null }, arrays, { rounds, size }),
  };
}

const foundSchema = z.strictObject({ history: historyState, probes: plainState.nullable() });

function requireSame(begun: RunIdentity, config: ExperimentConfig, run: RunIdentity): void {
  const difference = firstDifference(config, begun.config, resumable);
  if (difference !== undefined) throw checkpointError(`it is of another config: ${difference} differs`);
  for (const key of ["version", "variant"] as const) {
    if (begun[key] !== run[key]) throw checkpointError(`its ${key} is ${begun[key]}, not ${run[key]}`);
  }
  if (begun.checksums.data !== run.checksums.data) {
    throw checkpointError("the data are not those of the run: config.data now gives rows with another checksum");
  }
}
