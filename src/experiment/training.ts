import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FedscoreError } from "../errors.js";
import { decodeCheckpoint } from "../federation/checkpoint-format.js";
import type { Federation, RoundStart } from "../federation/federation.js";
import { appendEvent } from "./files/log.js";
import { fileNames } from "./files/names.js";
import { writeRunFile } from "./files/run-folder.js";
import { type RoundRecord, RunHistory, recordOf } from "./history.js";
import type { ProgressListener } from "./progress.js";

/** What an interrupted stage left: the bytes of its checkpoint, and the records of the rounds that are in it. */
export interface EarlierStage {
  readonly checkpoint: Uint8Array;
  readonly rounds: readonly RoundRecord[];
}

/** One training of a run: that of its federation, or that of its dense reference. */
export interface TrainingStage {
  readonly stage: "training" | "reference";
  readonly federation: Federation;
  readonly rounds: number;
  readonly checkpointEvery: number;
  /** Where log and checkpoints go; undefined: nowhere. */
  readonly folder: string | undefined;
  readonly earlier: EarlierStage | undefined;
  /** Called, and waited for, before each round. */
  readonly onRound?: ((start: RoundStart) => Promise<void>) | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ProgressListener;
}

const checkpointNames = { training: fileNames.checkpoint, reference: fileNames.referenceCheckpoint } as const;

/** Trains to the last round; logs each round and keeps a checkpoint, also of the last whole round when it is stopped. */
export async function train({ federation, earlier, signal, ...stage }: TrainingStage): Promise<RunHistory> {
  const history = new RunHistory();
  for (const record of earlier?.rounds ?? []) history.add(record);
  const { folder, rounds, onRound, onProgress } = stage;
  let saved = history.rounds;
  const save = () => {
    if (folder === undefined || saved === history.rounds || federation.round !== history.rounds) return;
    writeRunFile(folder, checkpointNames[stage.stage], federation.checkpoint());
    saved = history.rounds;
  };
  const pace = new Pace(history.rounds);
  onProgress({ kind: "stage", stage: stage.stage, done: history.rounds, total: rounds });
  try {
    for await (const report of federation.train({
      ...(signal && { signal }),
      ...(onRound && { onRound }),
      ...(earlier && { resumeFrom: earlier.checkpoint }),
    })) {
      const record = recordOf(stage.stage, report);
      if (folder !== undefined) appendEvent(join(folder, fileNames.log), { ...record });
      history.add(record);
      if (history.rounds % stage.checkpointEvery === 0 || history.rounds === rounds) save();
      const participants = report.clients.length;
      onProgress({
        kind: "round",
        stage: stage.stage,
        done: history.rounds,
        total: rounds,
        loss: report.loss,
        participants,
        clientsPerSecond: participants * pace.roundsPerSecond(history.rounds),
        secondsLeft: (rounds - history.rounds) / pace.roundsPerSecond(history.rounds),
      });
    }
  } catch (error) {
    save();
    throw error;
  }
  return history;
}

/** Rounds per second since the stage began here. */
class Pace {
  readonly #begin = performance.now();
  readonly #first: number;

  constructor(first: number) {
    this.#first = first;
  }

  roundsPerSecond(done: number): number {
    return (1000 * (done - this.#first)) / (performance.now() - this.#begin);
  }
}

/**
 * Reads what an interrupted stage left; undefined where it had no checkpoint yet.
 * @throws FedscoreError FEDSCORE_CHECKPOINT where the two do not fit together.
 */
export function earlierStage(
  folder: string,
  stage: TrainingStage["stage"],
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
