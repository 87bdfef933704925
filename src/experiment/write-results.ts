import { writeNpy } from "../data/formats/npy.js";
import { saveModel } from "../model/save-model.js";
import type { RunOutcome } from "./execute.js";
import { fileNames } from "./files/names.js";
import { writeRunFile } from "./files/run-folder.js";

/** Makes report.html of a run. The pictures are on a higher floor, so the caller brings them. */
export type DrawReport = (outcome: RunOutcome) => string;

/** Writes the files of a complete run, the result last. Its checkpoints stay: rounds can be added to it. */
export function writeResults(folder: string, outcome: RunOutcome, drawReport: DrawReport | undefined): void {
  const { result, model, samples } = outcome;
  const { dimension } = result.data;
  writeRunFile(folder, fileNames.model, saveModel(model));
  writeRunFile(folder, fileNames.samples, writeNpy(samples, [samples.length / dimension, dimension]));
  if (drawReport) writeRunFile(folder, fileNames.report, drawReport(outcome));
  writeRunFile(folder, fileNames.result, `${JSON.stringify(result, null, 2)}\n`);
}
