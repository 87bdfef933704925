import { Command } from "commander";
import { formats, recognized } from "../../data/formats/index.js";
import { isLog } from "../../experiment/files/log.js";
import { readBytes } from "../../experiment/files/read-file.js";
import { inspectArray } from "../inspect/array.js";
import { inspectCheckpoint } from "../inspect/checkpoint.js";
import { fileOf } from "../inspect/file.js";
import { cannotInspect, inspectJson, isJson } from "../inspect/json.js";
import { inspectRows } from "../inspect/rows.js";
import { inspectTensors } from "../inspect/tensors.js";
import { printResult } from "../output.js";
import { type Fact, formatBytes, formatFacts } from "../print.js";

export function inspectCommand(): Command {
  return new Command("inspect")
    .description("say what is in a file that fedscore wrote, or reads")
    .argument("<path>", "file that fedscore wrote, folder of a run, config, or file of rows")
    .action(inspect);
}

async function inspect(given: string): Promise<void> {
  const path = fileOf(given);
  const bytes = readBytes(path);
  const facts = await describe(bytes, path);
  await printResult(formatFacts([["file", `${path}, ${formatBytes(bytes.length)}`], ...facts]));
}

/** Files are told apart by their first bytes. */
async function describe(bytes: Uint8Array, path: string): Promise<Fact[]> {
  if (startsWith(bytes, "\x93NUMPY")) return inspectArray(bytes, path);
  if (startsWith(bytes, "fedscore")) return inspectCheckpoint(bytes);
  if (recognized(bytes) === formats.safetensors) return inspectTensors(bytes, path);
  if (isLog(path)) throw cannotInspect(path, "it is a log, one event in JSON a line: read it as text");
  return isJson(bytes, path) ? inspectJson(bytes, path) : inspectRows(bytes, path);
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return [...text].every((character, index) => bytes[index] === character.charCodeAt(0));
}
