import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FedscoreError } from "../../errors.js";
import { decodeCheckpoint } from "../../federation/checkpoint-format.js";
import { type LogEvent, readEvents } from "../files/log.js";
import { fileNames } from "../files/names.js";
import type { ProbeEvent } from "../files/probe-event.js";
import type { RoundRecord } from "../result/history.js";

/** What an interrupted stage left: the bytes of its checkpoint, and the records of the rounds that are in it. */
export interface EarlierStage {
  readonly checkpoint: Uint8Array;
  readonly rounds: readonly RoundRecord[];
}

/** What an interrupted run left. */
export interface EarlierRun {
  readonly training: EarlierStage | undefined;
  readonly reference: EarlierStage | undefined;
  readonly probes: readonly ProbeEvent[];
}

/** Where the stages of a run keep their checkpoints. */
export const checkpointNames = { training: fileNames.checkpoint, reference: fileNames.referenceCheckpoint } as const;

/** @throws FedscoreError FEDSCORE_CHECKPOINT where log and checkpoints do not fit together. */
export function readEarlierRun(folder: string): EarlierRun {
  const events = readEvents(join(folder, fileNames.log));
  const records = events.filter(isRound);
  const training = earlierStage(folder, "training", records);
  const done = training?.rounds.length ?? 0;
  return {
    training,
    reference: earlierStage(folder, "reference", records),
    probes: events.filter(isProbe).filter(({ round }) => round < done),
  };
}

/** Undefined where the stage had no checkpoint yet. */
function earlierStage(
  folder: string,
  stage: RoundRecord["stage"],
  records: readonly RoundRecord[],
): EarlierStage | undefined {
  const path = join(folder, checkpointNames[stage]);
  if (!existsSync(path)) return undefined;
  const checkpoint = new Uint8Array(readFileSync(path));
  const { round } = decodeCheckpoint(checkpoint).values;
  const rounds = records.filter((record) => record.stage === stage && record.round < Number(round));
  if (rounds.length !== round) {
    const message = `cannot resume from ${path}: it has ${round} rounds, ${fileNames.log} has ${rounds.length} of them`;
    throw new FedscoreError("FEDSCORE_CHECKPOINT", message, { path });
  }
  return { checkpoint, rounds };
}

/** A line of the log was written by an AprioriProbe. */
function isProbe(event: LogEvent): event is ProbeEvent {
  return event.event === "probe";
}

/** A line of the log was written by `recordOf`. */
function isRound(event: LogEvent): event is LogEvent & RoundRecord {
  return event.event === "round";
}
