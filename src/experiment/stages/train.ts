import { type ErrorCode, FedscoreError } from "../../errors.js";
import type { Federation } from "../../federation/federation.js";
import type { ExperimentConfig } from "../config/schema.js";
import { ofCheckpointFile } from "../files/checkpoint-file.js";
import { beginStage } from "../progress.js";
import { type RunHistory, recordOf } from "../result/history.js";
import { KeptStage } from "./kept-stage.js";
import { metricsOf } from "./metrics.js";
import type { ReadyRun } from "./ready-run.js";

/** Trains the federation of a run. @throws FedscoreError FEDSCORE_NON_FINITE or FEDSCORE_TOO_FEW_UPDATES saying what is kept and what to do, and what `trainStage` throws. */
export async function trainFederation(run: ReadyRun): Promise<RunHistory> {
  const { keeper, config, federation } = run;
  const stage = new KeptStage(run, "training", federation);
  try {
    return await trainStage(run, stage);
  } catch (error) {
    const advice = error instanceof FedscoreError && adviceFor(error.code, config);
    if (!advice || !keeper) throw error;
    const message = [
      error.message,
      advice,
      keeper.left(stage.name, { kept: stage.kept, done: stage.history.rounds }),
    ].join("\n");
    throw new FedscoreError(error.code, message, error.details, error);
  }
}

/** What to do about an error that is not the program's; undefined: nothing is known. */
function adviceFor(code: ErrorCode, config: ExperimentConfig): string | undefined {
  if (code === "FEDSCORE_NON_FINITE")
    return `training diverged: --resume would meet the same numbers. Try a smaller ${ratesOf(config)} or a training.clipNorm, with --overwrite or another --out`;
  if (code === "FEDSCORE_TOO_FEW_UPDATES")
    return "--resume runs the round again; a longer federation.deadline or a smaller federation.minimumUpdates may be set for it";
  return undefined;
}

/** Trains the dense reference of a run. @throws what `trainStage` throws. */
export function trainReference(run: ReadyRun, reference: Federation): Promise<RunHistory> {
  return trainStage(run, new KeptStage(run, "reference", reference));
}

/** The rates that may be too large. */
function ratesOf({ training, federation }: ExperimentConfig): string {
  const local = `training.optimizer.learningRate (it is ${training.optimizer.learningRate})`;
  const { learningRate } = federation.server;
  return learningRate === 1 ? local : `${local} or federation.server.learningRate (it is ${learningRate})`;
}

/**
 * Trains a stage to its end, and leaves the federation where the model is from: the last round, or the best one where it may end early.
 * @throws what `trainRounds` throws.
 */
async function trainStage(run: ReadyRun, stage: KeptStage): Promise<RunHistory> {
  const { history, federation, earlyStop } = stage;
  const { earlier } = stage;
  if (!earlyStop?.isOver(history.perRound)) {
    if (earlier && endsByPrivacy(run, history)) federation.restore(earlier.checkpoint);
    else await trainRounds(run, stage);
  }
  if (endsByPrivacy(run, history)) tellSpent(run, history);
  if (!earlyStop?.best) return history;
  federation.restore(earlyStop.best);
  const { rounds } = history;
  if (rounds < roundsOf(run)) {
    const text = `${stage.name} ended after ${rounds} rounds, as the held-out loss falls no more: the model is that of round ${federation.round - 1}`;
    run.onProgress({ kind: "note", text });
  }
  return history;
}

/**
 * Trains a stage to the last round, or until it has trained enough; logs each round and keeps a checkpoint, also of the last whole round when it is stopped.
 * @throws what the federation throws, and in one error with it why there is no such checkpoint.
 */
async function trainRounds(run: ReadyRun, stage: KeptStage): Promise<void> {
  const { config, keeper, watcher, signal, onProgress } = run;
  const { name, history, federation, earlyStop } = stage;
  const { rounds } = config.training;
  const most = roundsOf(run);
  const { earlier } = stage;
  const probed = name === "training" ? run.apriori : undefined;
  const pace = new Pace(history.rounds);
  beginStage(onProgress, name, rounds, history.rounds);
  try {
    for await (const report of federation.train({
      ...(signal && { signal }),
      async onRound(start) {
        await watcher?.onRound?.(name, start);
        await probed?.onRound(start);
      },
      ...(earlier && { resumeFrom: earlier.checkpoint }),
    })) {
      const record = recordOf(name, report, earlyStop?.measure(federation));
      keeper?.log({ ...record });
      watcher?.onRecord?.(record);
      history.add(record);
      const [last] = history.perRound.slice(-1);
      keeper?.metrics(metricsOf(name, last));
      earlyStop?.keep(federation, history.perRound);
      const isOver = history.rounds >= most || earlyStop?.isOver(history.perRound) === true;
      if (history.rounds % config.federation.checkpointEvery === 0 || isOver) stage.save();
      const { clients, absent } = report;
      onProgress({
        kind: "round",
        stage: name,
        done: history.rounds,
        total: most,
        ...(report.loss !== undefined && { loss: report.loss }),
        participants: clients.length + absent.length,
        absent: absent.length,
        clientsPerSecond: clients.length * pace.roundsPerSecond(history.rounds),
        secondsLeft: (most - history.rounds) / pace.roundsPerSecond(history.rounds),
      });
      if (isOver) break;
    }
  } catch (error) {
    throw stage.saveAfter(ofCheckpointFile(stage.path, error));
  }
}

/** Rounds that are run at most: those of the config, as far as its privacy allows. */
function roundsOf({ config, account }: ReadyRun): number {
  return account?.allowedRounds ?? config.training.rounds;
}

/** Whether a history has ended before the round that would have spent more privacy than the config allows. */
export function endsByPrivacy(run: ReadyRun, { rounds }: Pick<RunHistory, "rounds">): boolean {
  return rounds < run.config.training.rounds && rounds === run.account?.allowedRounds;
}

function tellSpent({ config, onProgress }: ReadyRun, { rounds }: RunHistory): void {
  const text = `training ended after ${rounds} rounds: one more would spend more than epsilon ${config.privacy?.epsilon}`;
  onProgress({ kind: "note", text });
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
