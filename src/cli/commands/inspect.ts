import { Command } from "commander";
import { FedscoreError } from "../../errors.js";
import { isLog } from "../../experiment/files/log.js";
import { readBytes } from "../../experiment/files/read-file.js";
import { parseResult } from "../../experiment/result/parse-result.js";
import { createEngine } from "../../kernels/index.js";
import { loadModel } from "../../model/load-model.js";
import { inspectArray } from "../inspect/array.js";
import { inspectCheckpoint } from "../inspect/checkpoint.js";
import { inspectModel } from "../inspect/model.js";
import { inspectResult } from "../inspect/result.js";
import { inspectRows } from "../inspect/rows.js";
import { printResult } from "../output.js";
import { type Fact, formatBytes, formatFacts } from "../print.js";

export function inspectCommand(): Command {
  return new Command("inspect")
    .description("say what is in a file that fedscore wrote, or reads")
    .argument("<file>", "file that fedscore wrote, or a file of rows (CSV, NPY)")
    .action(inspect);
}

async function inspect(path: string): Promise<void> {
  const bytes = readBytes(path);
  const facts = await describe(bytes, path);
  await printResult(formatFacts([["file", `${path}, ${formatBytes(bytes.length)}`], ...facts]));
}

/** Files are told apart by their first bytes. */
async function describe(bytes: Uint8Array, path: string): Promise<Fact[]> {
  if (startsWith(bytes, "\x93NUMPY")) return inspectArray(bytes, path);
  if (startsWith(bytes, "fedscore")) return inspectCheckpoint(bytes);
  if (bytes[8] === 0x7b) return inspectModel(loadModel(await createEngine(), bytes, path));
  if (!startsWith(bytes, "{")) return inspectRows(bytes, path);
  if (isLog(path)) throw unknown(path, "it is a log, one event in JSON a line: read it as text");
  const parsed = parseResult(bytes);
  if ("problem" in parsed) throw unknown(path, parsed.problem);
  return inspectResult(parsed.result);
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return [...text].every((character, index) => bytes[index] === character.charCodeAt(0));
}

function unknown(path: string, reason: string): FedscoreError {
  return new FedscoreError("FEDSCORE_INVALID_DATA", `cannot inspect ${path}: ${reason}`, { path });
}
