import { rmSync } from "node:fs";
import { join } from "node:path";
import { writeNpy } from "../data/formats/npy.js";
import type { RunOutcome } from "./execute.js";
import { fileNames } from "./files/names.js";
import { onPath } from "./files/on-path.js";
import { removeReplaced, writeRunFile } from "./files/run-folder.js";
import { isNotComputed, type Part } from "./result/not-computed.js";
import type { ExperimentResult } from "./result/schema.js";
import { attempt } from "./stages/attempt.js";
import { schemaFile, syntheticCsv } from "./table-files.js";

/** Makes report.html of a run. The pictures are on a higher floor, so the caller brings them. */
export type DrawReport = (outcome: RunOutcome) => string;

/**
 * Writes the files of a run that came to its end, the result last; the model is there already. Checkpoints stay: rounds can be added, and what
 * failed be computed again. What a mistake in `drawReport` throws comes after the other files are written.
 */
export async function writeResults(
  folder: string,
  outcome: RunOutcome,
  drawReport: DrawReport | undefined,
): Promise<ExperimentResult> {
  const { samples } = outcome;
  const { dimension } = outcome.result.data;
  const npy = samples && writeNpy(samples, [samples.length / dimension, dimension]);
  putFile(folder, fileNames.samples, npy);
  putFile(folder, fileNames.synthetic, syntheticCsv(outcome));
  putFile(folder, fileNames.schema, schemaFile(outcome));
  const finish = (report: Part<string> | undefined): ExperimentResult => {
    const result = isNotComputed(report) ? { ...outcome.result, report } : outcome.result;
    putFile(folder, fileNames.report, typeof report === "string" ? report : undefined);
    writeRunFile(folder, fileNames.result, `${JSON.stringify(result, null, 2)}\n`);
    removeReplaced(folder);
    return result;
  };
  if (!drawReport) return finish(undefined);
  let report: Part<string>;
  try {
    report = await attempt(() => drawReport(outcome));
  } catch (error) {
    finish(undefined);
    throw error;
  }
  return finish(report);
}

/** Writes a file of a run, or removes the one that an earlier try left where there is none now. */
function putFile(folder: string, name: string, content: Uint8Array | string | undefined): void {
  const path = join(folder, name);
  if (content === undefined) onPath("remove", path, () => rmSync(path, { force: true }));
  else writeRunFile(folder, name, content);
}
