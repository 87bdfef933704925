import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { FedscoreError } from "../../errors.js";
import { causeOf } from "../files/cause.js";
import { parseConfig } from "./parse.js";
import type { ExperimentConfig } from "./schema.js";

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
  return { config: parseConfig(parseJson(path, readText(path))), folder: dirname(resolve(path)) };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new FedscoreError("FEDSCORE_FILE", `cannot read config ${path}: ${causeOf(error)}`, { path }, error);
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new FedscoreError(
      "FEDSCORE_INVALID_CONFIG",
      `${path}${placeOf(message, text)}: not JSON: ${message}`,
      { path },
      error,
    );
  }
}

/** ":line:column" where the engine's message tells the offset. */
function placeOf(message: string, text: string): string {
  const offset = /position (\d+)/.exec(message)?.[1];
  const before = offset === undefined ? text : text.slice(0, Number(offset));
  if (offset === undefined && !message.includes("end of JSON")) return "";
  const lines = before.split("\n");
  return `:${lines.length}:${lines[lines.length - 1].length + 1}`;
}
