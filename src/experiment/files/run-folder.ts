import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { FedscoreError } from "../../errors.js";
import { firstDifference } from "../config/difference.js";
import type { ExperimentConfig } from "../config/schema.js";
import { writeAtomically } from "./atomic.js";
import { causeOf } from "./cause.js";
import { type LogEvent, readEvents } from "./log.js";
import { fileNames, replacedFolder } from "./names.js";

/** What is to happen when the folder has an earlier run in it. */
export interface FolderOptions {
  /** Go on from the checkpoint of an interrupted run of the same config; leave a finished one as it is. */
  readonly resume?: boolean | undefined;
  /** Replace whatever run is there. */
  readonly overwrite?: boolean | undefined;
}

/** What `planFolder` decided. */
export type FolderPlan =
  | { readonly action: "start" }
  /** `start` is the first event of the interrupted run's log. */
  | { readonly action: "resume"; readonly start: LogEvent }
  | { readonly action: "finished" };

/**
 * What to do with an output folder, without touching it: start where nothing can be lost (no folder, an empty one, one
 * whose run left no checkpoint, or a finished run of the same config, which gives the same bytes again).
 * @throws FedscoreError FEDSCORE_FILE where an earlier run or somebody else's files would be lost.
 */
export function planFolder(folder: string, config: ExperimentConfig, options: FolderOptions): FolderPlan {
  const { resume = false, overwrite = false } = options;
  const earlier = earlierRun(folder);
  if (earlier === undefined) return { action: "start" };
  const difference = earlier.config === undefined ? undefined : firstDifference(config, earlier.config);
  if (difference === undefined && earlier.kind !== "foreign" && resume) {
    return earlier.kind === "finished" ? { action: "finished" } : { action: "resume", start: earlier.start };
  }
  if (overwrite) return { action: "start" };
  const other = `another --out, or --overwrite to replace it`;
  if (earlier.kind === "foreign") {
    throw refusal(
      folder,
      `it holds files of something else (${earlier.example}): choose another --out, or --overwrite to write into it`,
    );
  }
  if (difference !== undefined) {
    throw refusal(
      folder,
      `it holds ${earlier.kind === "interrupted" ? "an interrupted run" : "the result"} of another config (${difference} differs): choose ${other}`,
    );
  }
  if (earlier.kind === "interrupted") {
    throw refusal(folder, "it holds an interrupted run: choose --resume to go on, or --overwrite to start again");
  }
  if (earlier.kind === "incomplete") {
    throw refusal(
      folder,
      "it holds a run of which a part could not be computed: choose --resume to compute what comes after training again, or --overwrite to start again",
    );
  }
  return { action: "start" };
}

type EarlierRun =
  | { readonly kind: "foreign"; readonly example: string; readonly config?: undefined }
  | { readonly kind: "finished"; readonly config: unknown }
  /** Its training is complete, and a part of its result could not be computed. */
  | { readonly kind: "incomplete"; readonly config: unknown; readonly start: LogEvent }
  | { readonly kind: "interrupted"; readonly config: unknown; readonly start: LogEvent };

function earlierRun(folder: string): EarlierRun | undefined {
  const names = listFolder(folder).filter((name) => name !== replacedFolder);
  if (names.length === 0) return undefined;
  const start = readEvents(join(folder, fileNames.log))[0];
  if (names.includes(fileNames.result)) {
    const { config } = JSON.parse(readFileSync(join(folder, fileNames.result), "utf8")) as { config?: unknown };
    const isStarted = names.includes(fileNames.checkpoint) && start?.event === "start";
    if (config !== undefined && isStarted) return { kind: "incomplete", config, start };
    if (config !== undefined) return { kind: "finished", config };
  }
  if (start?.event !== "start") return { kind: "foreign", example: names[0] };
  return names.includes(fileNames.checkpoint) ? { kind: "interrupted", config: start.config, start } : undefined;
}

function listFolder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new FedscoreError(
      "FEDSCORE_FILE",
      `cannot use output folder ${folder}: ${causeOf(error)}`,
      { folder },
      error,
    );
  }
}

function refusal(folder: string, reason: string): FedscoreError {
  return new FedscoreError("FEDSCORE_FILE", `cannot use output folder ${folder}: ${reason}`, { folder });
}

/**
 * Makes the folder and takes the files of an earlier run out of the way: into `replaced/`, where they stay until the new run has a result. A run
 * without a result does not replace one there that has a result, and one with nothing but a log is not kept. Files of others stay.
 */
export function clearFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    setAside(folder);
  } catch (error) {
    throw new FedscoreError(
      "FEDSCORE_FILE",
      `cannot use output folder ${folder}: ${causeOf(error)}`,
      { folder },
      error,
    );
  }
}

/** The result comes last, so that it tells in either folder that all the others are there. */
function setAside(folder: string): void {
  const replaced = join(folder, replacedFolder);
  const found = Object.values(fileNames).filter((name) => existsSync(join(folder, name)));
  const isIn = (place: string) => existsSync(join(place, fileNames.result));
  const hasOnlyLog = found.every((name) => name === fileNames.log);
  if (hasOnlyLog || (isIn(replaced) && !isIn(folder))) {
    for (const name of found) rmSync(join(folder, name), { force: true });
    return;
  }
  if (isIn(replaced)) rmSync(replaced, { recursive: true });
  mkdirSync(replaced, { recursive: true });
  for (const name of [...found.filter((each) => each !== fileNames.result), fileNames.result]) {
    if (found.includes(name)) renameSync(join(folder, name), join(replaced, name));
  }
}

/** Removes what a run that has a result now has replaced. */
export function removeReplaced(folder: string): void {
  rmSync(join(folder, replacedFolder), { recursive: true, force: true });
}

/** Removes the checkpoints of a run that is complete or cannot be. */
export function removeCheckpoints(folder: string): void {
  for (const name of [fileNames.checkpoint, fileNames.referenceCheckpoint]) rmSync(join(folder, name), { force: true });
}

/** Writes one file of a run, whole or not at all. */
export function writeRunFile(folder: string, name: string, content: Uint8Array | string): void {
  writeAtomically(join(folder, name), content);
}
