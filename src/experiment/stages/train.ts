import { join } from "node:path";
import { FedscoreError } from "../../errors.js";
import type { Federation } from "../../federation/federation.js";
import { appendEvent } from "../files/log.js";
import { fileNames } from "../files/names.js";
import { writeRunFile } from "../files/run-folder.js";
import { beginStage } from "../progress.js";
import { type RoundRecord, RunHistory, recordOf } from "../result/history.js";
import { checkpointNames } from "./earlier-run.js";
import type { ReadyRun } from "./ready-run.js";

/** Trains the federation of a run. @throws FedscoreError FEDSCORE_NON_FINITE saying what is kept and what to do, and what `train` throws. */
export async function trainFederation(run: ReadyRun): Promise<RunHistory> {
  try {
    return await train(run, "training", run.federation);
  } catch (error) {
    if (!(error instanceof FedscoreError) || error.code !== "FEDSCORE_NON_FINITE") throw error;
    const { learningRate } = run.config.training.optimizer;
    const lines = [
      error.message,
      `training diverged: --resume would meet the same numbers. Try a smaller training.optimizer.learningRate (it is ${learningRate}) or a training.clipNorm, with --overwrite or another --out`,
      ...keptBy(run),
    ];
    throw new FedscoreError(error.code, lines.join("\n"), error.details, error);
  }
}

/** What a run that diverged leaves. */
function keptBy({ out, federation }: ReadyRun): string[] {
  if (out === undefined) return [];
  const log = join(out, fileNames.log);
  const { round } = federation;
  if (round === 0) return [`kept: ${log}; no round was complete`];
  return [`kept: ${join(out, fileNames.checkpoint)}, training up to the end of round ${round - 1}, and ${log}`];
}

/**
 * Trains the federation of a run, or its dense reference, to the last round; logs each round and keeps a checkpoint, also of the last whole
 * round when it is stopped.
 */
export async function train(run: ReadyRun, stage: RoundRecord["stage"], federation: Federation): Promise<RunHistory> {
  const { config, out, apriori, signal, onProgress } = run;
  const { rounds } = config.training;
  const earlier = run.earlier?.[stage];
  const history = new RunHistory();
  for (const record of earlier?.rounds ?? []) history.add(record);
  let saved = history.rounds;
  const save = () => {
    if (out === undefined || saved === history.rounds || federation.round !== history.rounds) return;
    writeRunFile(out, checkpointNames[stage], federation.checkpoint());
    saved = history.rounds;
  };
  const pace = new Pace(history.rounds);
  beginStage(onProgress, stage, rounds, history.rounds);
  try {
    for await (const report of federation.train({
      ...(signal && { signal }),
      ...(stage === "training" && apriori && { onRound: (start) => apriori.onRound(start) }),
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
