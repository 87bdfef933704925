import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import stripJsonComments from "strip-json-comments";
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
 * Reads and validates a config file: JSON, in which comments may stand.
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

function parseJson(path: string, source: string): unknown {
  const text = stripJsonComments(source.replace(/^\uFEFF/, ""));
  try {
    return JSON.parse(text);
  } catch (error) {
    const before = text.slice(0, errorOffset(text)).split("\n");
    const place = `${path}:${before.length}:${before[before.length - 1].length + 1}`;
    const reason = messageOf(error).replace(/\s+/g, " ");
    throw new FedscoreError("FEDSCORE_INVALID_CONFIG", `${place}: not JSON: ${reason}`, { path }, error);
  }
}

/** Offset of the first character that no JSON text can have there; V8 does not always tell it. Bisects the prefixes. */
function errorOffset(text: string): number {
  let [good, bad] = [0, text.length + 1];
  while (good + 1 < bad) {
    const middle = (good + bad) >> 1;
    if (canGoOn(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

/** Whether a text is the beginning of some JSON text: it parses, or the parser only misses what comes next. */
function canGoOn(prefix: string): boolean {
  try {
    JSON.parse(prefix);
    return true;
  } catch (error) {
    const message = messageOf(error);
    return /end of JSON|Unterminated/.test(message) || message.includes(`position ${prefix.length}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
