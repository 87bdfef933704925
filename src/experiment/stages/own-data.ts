import { resolve } from "node:path";
import { FedscoreError } from "../../errors.js";
import type { Engine } from "../../kernels/index.js";
import type { Model } from "../../model/model.js";
import { sha256 } from "../../sha256.js";
import { folderInput } from "../files/folder-input.js";
import { changedConfig, dataChecksum, isRead } from "../prepare/checksums.js";
import { loadData } from "../prepare/load-data.js";
import type { RunData } from "../prepare/run-data.js";
import type { ExperimentResult } from "../result/schema.js";

/** What a result says of its run: what it is made from, and of what. */
export type ResultOrigin = Pick<ExperimentResult, "config" | "checksums">;

/**
 * Throws unless a result is that of the model.
 * @throws FedscoreError FEDSCORE_INVALID_DATA.
 */
export function requireModelOf({ checksums }: ResultOrigin, model: Model): void {
  const { data, config } = model.checksums ?? checksums;
  const parts = { parameters: [sha256(model.parameters), checksums.parameters], data: [data, checksums.data] };
  const all = Object.entries({ ...parts, config: [config, checksums.config] });
  const other = all.find(([, [found, expected]]) => found !== expected);
  if (!other) return;
  const message = `the model is not the one that its result.json is about: the ${other[0]} have other checksums`;
  throw new FedscoreError("FEDSCORE_INVALID_DATA", message, { part: other[0] });
}

/**
 * The rows that a run had, read or drawn anew.
 * @param folder that paths in the config are relative to.
 * @throws FedscoreError FEDSCORE_INVALID_DATA where they or the config are not those of the run any more; what `loadData` throws, with the way out.
 */
export async function dataOfRun(engine: Engine, result: ResultOrigin, folder: string): Promise<RunData> {
  const { config, checksums } = result;
  const changed = changedConfig(result);
  if (changed !== undefined) throw new FedscoreError("FEDSCORE_INVALID_DATA", changed, { part: "config" });
  if (!isRead(config)) return loadData(engine, config, folderInput(folder));
  const data = await readAgain(engine, config, folder);
  if (dataChecksum(data) === checksums.data) return data;
  const source = "path" in config.data ? resolve(folder, config.data.path) : config.data.kind;
  const message = `${source} does not give the rows of the run any more: they have another checksum. ${hint}`;
  throw new FedscoreError("FEDSCORE_INVALID_DATA", message, { source });
}

const hint = "--data-folder names the folder that config.data.path of the run is relative to";

async function readAgain(engine: Engine, config: ResultOrigin["config"], folder: string): Promise<RunData> {
  try {
    return await loadData(engine, config, folderInput(folder));
  } catch (error) {
    if (!(error instanceof FedscoreError) || error.code !== "FEDSCORE_FILE") throw error;
    throw new FedscoreError(error.code, `${error.message}. ${hint}`, error.details, error);
  }
}
