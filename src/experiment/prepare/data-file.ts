import type { DataFile } from "../../data/formats/format.js";
import { FedscoreError } from "../../errors.js";
import { namedIn } from "../config/section.js";
import type { RunInput } from "../input.js";

/** A file that a key of config.data names. */
export function openFile(input: RunInput, key: string, path: string): DataFile {
  return { bytes: input.read(path, `config.data.${key}: `), source: path };
}

/** What went wrong in reading a file of config.data, with settings and arguments named by their keys of the config. */
export function namedInData(error: unknown): unknown {
  return error instanceof FedscoreError && error.code === "FEDSCORE_INVALID_DATA"
    ? withConfigKeys(error)
    : namedIn("config.data", error);
}

/** The error with the settings that it advises named by their keys of the config: "set config.data.delimiter to ...". */
function withConfigKeys(error: FedscoreError): FedscoreError {
  const { advice } = error.details;
  if (typeof advice !== "string") return error;
  const named = advice.replace(/\b(set|and) (\w+)(?= to )/g, "$1 config.data.$2");
  const message = error.message.slice(0, -advice.length) + named;
  return new FedscoreError(error.code, message, { ...error.details, advice: named }, error.cause);
}
