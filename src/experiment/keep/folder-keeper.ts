import { existsSync } from "node:fs";
import { join } from "node:path";
import { saveModel } from "../../model/save-model.js";
import type { ExperimentConfig } from "../config/schema.js";
import { encodeCheckpointFile } from "../files/checkpoint-file.js";
import { appendEvent } from "../files/log.js";
import { appendMetrics } from "../files/metrics.js";
import { fileNames } from "../files/names.js";
import { writeRunFile } from "../files/run-folder.js";
import { stageFile } from "../stages/earlier-run.js";
import type { RunKeeper } from "../stages/run-keeper.js";

/** Where the stages of a run keep their checkpoints. */
export const checkpointNames = { training: fileNames.checkpoint, reference: fileNames.referenceCheckpoint } as const;

/** Keeps a run in its folder: model, log, metrics and checkpoints. */
export function folderKeeper(folder: string, { output }: Pick<ExperimentConfig, "output">): RunKeeper {
  const log = join(folder, fileNames.log);
  const nameOf: RunKeeper["nameOf"] = (name) => join(folder, checkpointNames[name]);
  return {
    log: (event) => appendEvent(log, event),
    metrics: (row) => appendMetrics(folder, output?.metrics ?? [], row),
    model: (model) => writeRunFile(folder, fileNames.model, saveModel(model)),
    stage: (name, state) => writeRunFile(folder, checkpointNames[name], encodeCheckpointFile(stageFile(state))),
    nameOf,
    left(name, { kept, done }) {
      const path = nameOf(name);
      if (kept > 0 && existsSync(path)) return `kept: ${path}, training up to the end of round ${kept - 1}, and ${log}`;
      return `kept: ${log}; ${done === 0 ? "no round was complete" : "there is no checkpoint"}`;
    },
  };
}
