import { Command } from "commander";
import { formats, recognized } from "../../data/formats/index.js";
import { isLog } from "../../experiment/files/log.js";
import { readBytes } from "../../experiment/files/read-file.js";
import { withExamples } from "../examples.js";
import { inspectArray } from "../inspect/array.js";
import { inspectCheckpoint } from "../inspect/checkpoint.js";
import { resultFile } from "../inspect/file.js";
import { cannotInspect, inspectJson, isJson } from "../inspect/json.js";
import { inspectRowsOrTable } from "../inspect/table-file.js";
import { inspectTensors } from "../inspect/tensors.js";
import { printJson, printResult } from "../output.js";
import { type Fact, formatBytes, formatFacts } from "../print.js";

export function inspectCommand(): Command {
  return withExamples(
    new Command("inspect")
      .description("say what is in a file that fedscore wrote, or reads")
      .argument("<path>", "file that fedscore wrote, folder of a run, config, or file of rows")
      .option("--json", "as JSON: a list of names and values")
      .action(inspect),
    [
      ["fedscore inspect runs/ring", "what the run found"],
      ["fedscore inspect runs/ring/model.safetensors", "layers, schedule, sampler"],
      ["fedscore inspect rows.csv --json", "how rows would be read"],
    ],
  );
}

async function inspect(given: string, { json }: { readonly json?: boolean }): Promise<void> {
  const path = resultFile(given, "inspect");
  const bytes = readBytes(path);
  const facts = await describe(bytes, path);
  if (json) {
    return printJson({ file: path, bytes: bytes.length, facts: facts.map(([name, value]) => ({ name, value })) });
  }
  await printResult(formatFacts([["file", `${path}, ${formatBytes(bytes.length)}`], ...facts]));
}

/** Files are told apart by their first bytes. */
async function describe(bytes: Uint8Array, path: string): Promise<Fact[]> {
  if (startsWith(bytes, "\x93NUMPY")) return inspectArray(bytes, path);
  if (startsWith(bytes, "fedscore")) return inspectCheckpoint(bytes);
  if (recognized(bytes) === formats.safetensors) return inspectTensors(bytes, path);
  if (isLog(path)) throw cannotInspect(path, "it is a log, one event in JSON a line: read it as text");
  return isJson(bytes, path) ? inspectJson(bytes, path) : inspectRowsOrTable(bytes, path);
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return [...text].every((character, index) => bytes[index] === character.charCodeAt(0));
}
