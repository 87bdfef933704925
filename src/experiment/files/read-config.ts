import { dirname, resolve } from "node:path";
import { requireOptions } from "../../options.js";
import { type Assignment, assigned } from "../config/assignments.js";
import { parseConfig } from "../config/parse.js";
import type { ExperimentConfig } from "../config/schema.js";
import { readJson } from "./read-json.js";

/** A config and the folder that its paths are relative to. */
export interface ConfigFile {
  readonly config: ExperimentConfig;
  readonly folder: string;
}

/**
 * Reads and validates a config file.
 * @param options `set`: values that are put over it before it is checked.
 * @throws FedscoreError FEDSCORE_FILE, or FEDSCORE_INVALID_CONFIG naming line and column of a syntax error, or the key.
 */
export function readConfig(
  path: string,
  options: { readonly set?: readonly Assignment[] | undefined } = {},
): ConfigFile {
  const { set = [] } = requireOptions("options", options, ["set"]);
  return { config: parseConfig(assigned(readJson(path, "config"), set)), folder: dirname(resolve(path)) };
}
