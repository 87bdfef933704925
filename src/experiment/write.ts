import { writeNpy } from "../data/formats/npy.js";
import { renderReport } from "../report/index.js";
import type { RunOutcome } from "./execute.js";
import { fileNames } from "./files/names.js";
import { removeCheckpoints, writeRunFile } from "./files/run-folder.js";
import { encodeModel } from "./model.js";

/** Most rows of each sample that the report pictures. */
const picturedRows = 2000;

/** Writes the files of a complete run, the result last, and removes its checkpoints. */
export function writeResults(folder: string, outcome: RunOutcome): void {
  const { result, model, samples } = outcome;
  const { dimension } = result.data;
  writeRunFile(folder, fileNames.model, encodeModel(model));
  writeRunFile(folder, fileNames.samples, writeNpy(samples, [samples.length / dimension, dimension]));
  writeRunFile(folder, fileNames.report, reportOf(outcome));
  writeRunFile(folder, fileNames.result, `${JSON.stringify(result, null, 2)}\n`);
  removeCheckpoints(folder);
}

function reportOf({ result, samples, referenceSamples, heldOut }: RunOutcome): string {
  const { dimension, imageShape, points } = heldOut;
  const first = (rows: Float32Array) => rows.subarray(0, picturedRows * dimension);
  return renderReport({
    ...result,
    samples: {
      dimension,
      federated: first(samples),
      data: first(points),
      ...(referenceSamples && { reference: first(referenceSamples) }),
      ...(imageShape && { imageShape }),
    },
  });
}
