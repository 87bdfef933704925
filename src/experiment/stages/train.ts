import { join } from "node:path";
import { FedscoreError, isFedscoreError } from "../../errors.js";
import type { Federation } from "../../federation/federation.js";
import type { ExperimentConfig } from "../config/schema.js";
import { ofCheckpointFile } from "../files/checkpoint-file.js";
import { appendEvent } from "../files/log.js";
import { fileNames } from "../files/names.js";
import { beginStage } from "../progress.js";
import { type RoundRecord, RunHistory, recordOf } from "../result/history.js";
import { checkpointNames, writeStage } from "./earlier-run.js";
import type { ReadyRun } from "./ready-run.js";

/** Trains the federation of a run. @throws FedscoreError FEDSCORE_NON_FINITE saying what is kept and what to do, and what `train` throws. */
export async function trainFederation(run: ReadyRun): Promise<RunHistory> {
  const { out, config, federation } = run;
  try {
    return await train(run, "training", federation);
  } catch (error) {
    const isDivergence = error instanceof FedscoreError && error.code === "FEDSCORE_NON_FINITE";
    if (!isDivergence || out === undefined) throw error;
    const advice = `training diverged: --resume would meet the same numbers. Try a smaller ${ratesOf(config)} or a training.clipNorm, with --overwrite or another --out`;
    const message = [error.message, advice, keptIn(out, federation)].join("\n");
    throw new FedscoreError(error.code, message, error.details, error);
  }
}

/** The rates that may be too large. */
function ratesOf({ training, federation }: ExperimentConfig): string {
  const local = `training.optimizer.learningRate (it is ${training.optimizer.learningRate})`;
  const { learningRate } = federation.server;
  return learningRate === 1 ? local : `${local} or federation.server.learningRate (it is ${learningRate})`;
}

/** What a run that diverged leaves. */
function keptIn(out: string, { round }: Federation): string {
  const log = join(out, fileNames.log);
  if (round === 0) return `kept: ${log}; no round was complete`;
  return `kept: ${join(out, fileNames.checkpoint)}, training up to the end of round ${round - 1}, and ${log}`;
}

/**
 * Trains the federation of a run, or its dense reference, to the last round; logs each round and keeps a checkpoint, also of the last whole
 * round when it is stopped.
 */
export async function train(run: ReadyRun, stage: RoundRecord["stage"], federation: Federation): Promise<RunHistory> {
  const { config, out, apriori, signal, onProgress } = run;
  const { rounds } = config.training;
  const earlier = run.earlier?.[stage];
  const probed = stage === "training" ? apriori : undefined;
  const history = new RunHistory(earlier?.history);
  let saved = history.rounds;
  const save = () => {
    if (out === undefined || saved === history.rounds || federation.round !== history.rounds) return;
    writeStage(out, stage, { run: run.identity, federation, history, probes: probed?.state });
    saved = history.rounds;
  };
  const pace = new Pace(history.rounds);
  beginStage(onProgress, stage, rounds, history.rounds);
  try {
    for await (const report of federation.train({
      ...(signal && { signal }),
      ...(probed && { onRound: (start) => probed.onRound(start) }),
      ...(earlier && { resumeFrom: earlier.checkpoint }),
    })) {
      const record = recordOf(stage, report);
      if (out !== undefined) appendEvent(join(out, fileNames.log), { ...record });
      history.add(record);
      if (history.rounds % config.federation.checkpointEvery === 0 || history.rounds === rounds) save();
      const participants = report.clients.length;
      onProgress({
        kind: "round",
        stage,
        done: history.rounds,
        total: rounds,
        loss: report.loss,
        participants,
        clientsPerSecond: participants * pace.roundsPerSecond(history.rounds),
        secondsLeft: (rounds - history.rounds) / pace.roundsPerSecond(history.rounds),
      });
    }
  } catch (error) {
    keepWhatIsDone(save, error);
    throw ofCheckpointFile(out === undefined ? "the checkpoint" : join(out, checkpointNames[stage]), error);
  }
  return history;
}

/** Saves after an error. Where that fails too, the error of an interrupt is the lesser news. */
function keepWhatIsDone(save: () => void, error: unknown): void {
  try {
    save();
  } catch (second) {
    if (isFedscoreError(error) && error.code === "FEDSCORE_ABORTED") throw second;
  }
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
