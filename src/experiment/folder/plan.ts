import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { FedscoreError } from "../../errors.js";
import { firstDifference, raisable, resumable } from "../config/difference.js";
import type { ExperimentConfig } from "../config/schema.js";
import { cannotResume } from "../files/checkpoint-file.js";
import { isLog } from "../files/log.js";
import { fileNames, isPassing, isRunFile, replacedFolder } from "../files/names.js";
import { onPath } from "../files/on-path.js";
import { readCheckpointFile } from "../files/read-checkpoint.js";
import type { RunIdentity } from "../identity.js";
import { type HeldResult, hasModel, heldResult } from "./held-result.js";

/** What is to happen when the folder has an earlier run in it. */
export interface FolderOptions {
  /** Go on from the checkpoint of an earlier run of the same config, or one with fewer rounds; leave a finished one as it is. */
  readonly resume?: boolean | undefined;
  /** Replace whatever run is there. */
  readonly overwrite?: boolean | undefined;
}

/** What `planFolder` decided. */
export type FolderPlan =
  | { readonly action: "start" }
  /** `run` is the one that the checkpoint at `path` is of. */
  | { readonly action: "resume"; readonly path: string; readonly run: RunIdentity }
  | { readonly action: "finished" };

/**
 * What to do with an output folder, without touching it: start where nothing can be lost, which is no folder, an empty one, or one whose run left
 * no checkpoint.
 * @throws FedscoreError FEDSCORE_FILE where an earlier run or somebody else's files would be lost; FEDSCORE_CHECKPOINT where there is nothing
 * sound to go on from.
 */
export function planFolder(folder: string, config: ExperimentConfig, options: FolderOptions): FolderPlan {
  const { resume = false, overwrite = false } = options;
  const names = listFolder(folder);
  if (names.length === 0) return { action: "start" };
  const result = names.includes(fileNames.result) ? heldResult(folder) : undefined;
  if (resume) {
    const isFinished = result?.isComplete && firstDifference(config, result.config) === undefined;
    if (isFinished && hasModel(folder, result)) return { action: "finished" };
    const goesOn = planResume(folder, config);
    if (goesOn) return goesOn;
    if (isFinished && !overwrite) throw refusal(folder, modelIsLost);
  }
  if (overwrite) return { action: "start" };
  if (names.includes(fileNames.result)) throw refusal(folder, resultInTheWay(config, result, resume));
  if (names.includes(fileNames.checkpoint)) throw refusal(folder, interruptedInTheWay(folder, config));
  if (isLog(join(folder, fileNames.log))) return { action: "start" };
  const example = names.find((name) => !isRunFile(name)) ?? names[0];
  throw refusal(
    folder,
    `it holds files of something else (${example}): choose another --out, or --overwrite to write into it`,
  );
}

const modelIsLost = `its ${fileNames.model} is missing, damaged or not that of its ${fileNames.result}, and there is no checkpoint to go on from: --overwrite alone runs it again`;

/** Undefined where there is no checkpoint of this config to go on from. */
function planResume(folder: string, config: ExperimentConfig): FolderPlan | undefined {
  const path = join(folder, fileNames.checkpoint);
  const checkpoint = readCheckpointFile(path);
  if (!checkpoint) return undefined;
  const { run, rounds } = checkpoint;
  if (firstDifference(config, run.config, resumable) !== undefined) return undefined;
  if (config.training.rounds < rounds) {
    const problem = `it has done ${rounds} rounds, and config.training.rounds is ${config.training.rounds}: rounds can be added, not taken back`;
    throw cannotResume(path, problem, { rounds });
  }
  return { action: "resume", path, run };
}

/** The ways out where an earlier run is in the way. */
export const another = "another --out, or --overwrite alone to replace it";

function resultInTheWay(config: ExperimentConfig, result: HeldResult | undefined, resume: boolean): string {
  if (!result) return `its ${fileNames.result} is damaged: --overwrite alone runs it again`;
  const difference = firstDifference(config, result.config);
  if (difference === undefined) {
    return result.isComplete
      ? "it holds the finished run of this config: choose --resume to keep it, or --overwrite to run it again"
      : "it holds a run of which a part could not be computed: choose --resume to compute what comes after training again, or --overwrite to start again";
  }
  const why = resume && difference === raisable ? ", and there is no checkpoint to add rounds to" : "";
  return `it holds the result of another config (${difference} differs${why}): choose ${another}`;
}

function interruptedInTheWay(folder: string, config: ExperimentConfig): string {
  const checkpoint = readCheckpointFile(join(folder, fileNames.checkpoint));
  const difference = checkpoint && firstDifference(config, checkpoint.run.config, resumable);
  return difference === undefined
    ? "it holds an interrupted run: choose --resume to go on, or --overwrite to start again"
    : `it holds an interrupted run of another config (${difference} differs): choose ${another}`;
}

/** The names in a folder but those that come and go with a process. */
function listFolder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return onPath("use output folder", folder, () => readdirSync(folder)).filter(
    (name) => !isPassing(name) && name !== replacedFolder,
  );
}

/** A run that cannot have its folder. */
export function refusal(folder: string, reason: string): FedscoreError {
  return new FedscoreError("FEDSCORE_FILE", `cannot use output folder ${folder}: ${reason}`, { folder });
}
