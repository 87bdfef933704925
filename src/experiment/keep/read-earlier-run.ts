import { join } from "node:path";
import type { ExperimentConfig } from "../config/schema.js";
import { inCheckpointFile } from "../files/checkpoint-file.js";
import { readCheckpointFile } from "../files/read-checkpoint.js";
import type { RunIdentity } from "../identity.js";
import type { RoundRecord } from "../result/history.js";
import { type EarlierRun, earlierStage } from "../stages/earlier-run.js";
import { checkpointNames } from "./folder-keeper.js";

/**
 * What the run in a folder had done.
 * @param run what goes on now: the build, the config but for its rounds and when they are closed, and the data must be those of the checkpoints.
 * @throws FedscoreError FEDSCORE_CHECKPOINT naming the file, what is wrong with it and the way to start anew.
 */
export function readEarlierRun(folder: string, config: ExperimentConfig, run: RunIdentity): EarlierRun | undefined {
  const stageIn = (stage: RoundRecord["stage"]) => {
    const path = join(folder, checkpointNames[stage]);
    const file = readCheckpointFile(path);
    return file && inCheckpointFile(path, () => earlierStage(file, config, run, stage));
  };
  const training = stageIn("training");
  return training && { training, reference: stageIn("reference") };
}
