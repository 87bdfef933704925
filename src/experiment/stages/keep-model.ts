import type { Model } from "../../model/model.js";
import { saveModel } from "../../model/save-model.js";
import { fileNames } from "../files/names.js";
import { writeRunFile } from "../files/run-folder.js";
import type { ReadyRun } from "./ready-run.js";

/** Writes the model of a run into its folder, where it has one: nothing that fails later can lose it. */
export function keepModel({ out }: ReadyRun, model: Model): void {
  if (out !== undefined) writeRunFile(out, fileNames.model, saveModel(model));
}
