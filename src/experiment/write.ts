import { rmSync } from "node:fs";
import { join } from "node:path";
import { writeNpy } from "../data/formats/npy.js";
import type { RunOutcome } from "./execute.js";
import { fileNames } from "./files/names.js";
import { writeRunFile } from "./files/run-folder.js";
import { encodeModel } from "./model.js";

/** Writes the files of a complete run, the result last, and removes its checkpoints. */
export function writeResults(folder: string, outcome: RunOutcome): void {
  const { result, model, samples } = outcome;
  const { dimension } = result.data;
  writeRunFile(folder, fileNames.model, encodeModel(model));
  writeRunFile(folder, fileNames.samples, writeNpy(samples, [samples.length / dimension, dimension]));
  writeRunFile(folder, fileNames.result, `${JSON.stringify(result, null, 2)}\n`);
  for (const name of [fileNames.checkpoint, fileNames.referenceCheckpoint]) rmSync(join(folder, name), { force: true });
}
