import { existsSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { ArgumentError } from "../../errors.js";
import { oneOf } from "../../fields.js";
import { type TargetKind, targetKinds } from "../../targets/index.js";
import { configJsonSchema } from "../config/schema.js";
import { fileSlices, readBytes } from "../files/read-file.js";
import { commentedJson } from "./commented.js";
import { fileData } from "./file-data.js";
import { mnistData, type StarterData, starterConfig, targetData } from "./starter.js";
import { tableConfig } from "./table-config.js";

/** A config to begin with. */
export interface StarterFile {
  readonly path: string;
  /** JSON with comments. */
  readonly text: string;
  /** What was guessed, for people. */
  readonly note?: string | undefined;
}

/**
 * A config with every key explained.
 * @param subject a target's kind, "mnist", or the path of a file of rows.
 * @param path where it is to stand. Default: NAME.jsonc.
 * @throws ArgumentError where it is neither; FedscoreError FEDSCORE_FILE, FEDSCORE_INVALID_DATA for a file that cannot be read.
 */
export async function starterFile(subject: string, path?: string): Promise<StarterFile> {
  const data = await dataOf(subject, path ?? "config.jsonc");
  const text = commentedJson(starterConfig(data), configJsonSchema());
  return { path: path ?? `${data.name}.jsonc`, text, note: data.note };
}

/**
 * A config of a table, with the schema that its cells say.
 * @param file path of a CSV, Parquet or Arrow file.
 * @param clientColumn column that names the clients.
 * @param path where the config is to stand. Default: NAME.jsonc.
 * @throws FedscoreError FEDSCORE_FILE, FEDSCORE_INVALID_DATA for a file that cannot be read.
 */
export async function starterTable(
  file: string,
  { clientColumn, path }: { readonly clientColumn?: string | undefined; readonly path?: string | undefined } = {},
): Promise<StarterFile> {
  const from = pathFrom(path ?? "config.jsonc", file);
  const { config, note } = await tableConfig(fileSlices(file), file, from, { clientColumn });
  return { path: path ?? `${config.name}.jsonc`, text: commentedJson(config, configJsonSchema()), note };
}

/** How a config names a file. */
function pathFrom(config: string, file: string): string {
  return relative(dirname(resolve(config)), resolve(file)).replaceAll("\\", "/");
}

async function dataOf(subject: string, path: string): Promise<StarterData> {
  if (isTarget(subject)) return targetData(subject);
  if (subject === mnistData.name) return mnistData;
  if (existsSync(subject)) {
    return fileData({ bytes: readBytes(subject), source: subject }, pathFrom(path, subject));
  }
  throw new ArgumentError("target", `${oneOf([...targetKinds, mnistData.name])}, or the path of a file`, subject);
}

function isTarget(kind: string): kind is TargetKind {
  return targetKinds.some((each) => each === kind);
}
