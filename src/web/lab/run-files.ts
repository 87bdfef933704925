import { writeNpy } from "../../data/formats/npy.js";
import { FedscoreError } from "../../errors.js";
import type { RunOutcome } from "../../experiment/execute.js";
import { schemaFile, syntheticCsv } from "../../experiment/table-files.js";
import { saveModel } from "../../model/save-model.js";
import type { RunFile } from "./messages.js";

/** A file of a run as `fedscore run` writes it. @throws FedscoreError where the run does not have what it is made of. */
export async function runFile(outcome: RunOutcome, name: RunFile): Promise<Uint8Array<ArrayBuffer> | string> {
  if (name === "model.safetensors") return saveModel(outcome.model);
  if (name === "report.html") {
    const { runReport } = await import("../../report/run-report.js");
    return runReport(outcome);
  }
  const { samples, result } = outcome;
  if (name === "synthetic.schema.json") return schemaFile(outcome) ?? missing("this run is not of a table");
  if (!samples) return missing("no samples of this run could be drawn");
  if (name === "synthetic.csv") return syntheticCsv(outcome) ?? missing("this run is not of a table");
  const { dimension } = result.data;
  return writeNpy(samples, [samples.length / dimension, dimension]);
}

function missing(why: string): never {
  throw new FedscoreError("FEDSCORE_UNSUPPORTED", why);
}
