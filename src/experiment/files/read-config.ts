import { dirname, resolve } from "node:path";
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
 * @throws FedscoreError FEDSCORE_FILE, or FEDSCORE_INVALID_CONFIG naming line and column of a syntax error, or the key.
 */
export function readConfig(path: string): ConfigFile {
  return { config: parseConfig(readJson(path, "config")), folder: dirname(resolve(path)) };
}
