import { FedscoreError } from "../errors.js";
import type { RunOutcome } from "./execute.js";
import type { LogEvent } from "./files/log.js";
import { logEnd } from "./keep/run-log.js";
import { beginStage, type ProgressListener } from "./progress.js";
import { failedParts } from "./result/not-computed.js";
import { checkResult, type ExperimentResult } from "./result/schema.js";
import { type DrawReport, writeResults } from "./write-results.js";

/** Where a run writes. */
export interface Written {
  readonly out: string;
  readonly log: (event: LogEvent) => void;
  readonly drawReport: DrawReport | undefined;
  readonly onProgress: ProgressListener;
}

/** Does the work of a run and writes its results; its log says how it ended. */
export async function runLogged(
  { out, log, drawReport, onProgress }: Written,
  work: () => Promise<RunOutcome>,
): Promise<ExperimentResult> {
  try {
    const outcome = await work();
    checkResult(outcome.result);
    beginStage(onProgress, "writing");
    const result = await writeResults(out, outcome, drawReport);
    const failed = failedParts(result).map(({ part }) => part);
    log({ event: "done", ...(failed.length > 0 && { notComputed: failed }) });
    return result;
  } catch (error) {
    const aborted = error instanceof FedscoreError && error.code === "FEDSCORE_ABORTED";
    const message = error instanceof Error ? error.message : String(error);
    logEnd(log, aborted ? { event: "interrupted" } : { event: "failed", message });
    throw error;
  }
}
