import { join } from "node:path";
import { FedscoreError } from "../../errors.js";
import { appendEvent, continueLog, type LogEvent } from "../files/log.js";
import { beginMetrics } from "../files/metrics.js";
import { fileNames } from "../files/names.js";
import { clearFolder, removeUnfinished } from "../files/run-folder.js";
import { earlierMetrics } from "../stages/metrics.js";
import type { ReadyRun } from "../stages/ready-run.js";

/** Where the log cannot be written either, what ended the run is the greater news. */
export function logEnd(log: (event: LogEvent) => void, event: LogEvent): void {
  try {
    log(event);
  } catch (error) {
    if (!(error instanceof FedscoreError)) throw error;
  }
}

/** Begins the log of a run, or goes on with it after the rounds that its checkpoints hold. */
export function openLog(out: string, { config, environment, earlier }: ReadyRun): (event: LogEvent) => void {
  const path = join(out, fileNames.log);
  const start = { event: "start", config, ...environment };
  removeUnfinished(out);
  if (earlier) {
    const rounds = {
      training: earlier.training.history.perRound.length,
      reference: earlier.reference?.history.perRound.length ?? 0,
    };
    const probed = new Set(earlier.training.probes.probes.map(({ round }) => round));
    const isKept = ({ event, stage, round }: LogEvent) =>
      (event === "round" && (stage === "training" || stage === "reference") && Number(round) < rounds[stage]) ||
      (event === "probe" && probed.has(Number(round)));
    continueLog(path, { start, next: { event: "resumed", rounds }, isKept });
  } else {
    clearFolder(out);
    appendEvent(path, start);
  }
  beginMetrics(out, config.output?.metrics ?? [], earlierMetrics(earlier));
  return (event) => appendEvent(path, event);
}
