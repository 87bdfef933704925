import { writeNpy } from "../../data/formats/npy.js";
import { FedscoreError } from "../../errors.js";
import type { RunOutcome } from "../../experiment/execute.js";
import { saveModel } from "../../model/save-model.js";
import type { RunFile } from "./messages.js";

/** A file of a run as `fedscore run` writes it. @throws FedscoreError where there are no samples. */
export async function runFile(outcome: RunOutcome, name: RunFile): Promise<Uint8Array<ArrayBuffer> | string> {
  if (name === "model.safetensors") return saveModel(outcome.model);
  if (name === "report.html") {
    const { runReport } = await import("../../report/run-report.js");
    return runReport(outcome);
  }
  const { samples, result } = outcome;
  if (!samples) throw new FedscoreError("FEDSCORE_UNSUPPORTED", "no samples of this run could be drawn");
  const { dimension } = result.data;
  return writeNpy(samples, [samples.length / dimension, dimension]);
}
