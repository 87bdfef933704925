import { Command } from "commander";
import { FedscoreError } from "../../errors.js";
import { readBytes } from "../../experiment/files/read-file.js";
import { resultSchema } from "../../experiment/result/schema.js";
import { createEngine } from "../../kernels/index.js";
import { loadModel } from "../../model/load-model.js";
import { JsonProblem, parseJson } from "../../parse-json.js";
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
  if (startsWith(bytes, "{")) return inspectResult(parseResult(bytes, path));
  return inspectRows(bytes, path);
}

function parseResult(bytes: Uint8Array, path: string) {
  try {
    return resultSchema.parse(parseJson(new TextDecoder().decode(bytes)));
  } catch (error) {
    if (isLog(bytes)) throw unknown(path, "it is a log, one event in JSON a line: read it as text", error);
    if (error instanceof JsonProblem) {
      const { line, column, message } = error;
      throw unknown(`${path}:${line}:${column}`, `not JSON: ${message}`, error);
    }
    throw unknown(path, "it is JSON, but not a result.json of this version", error);
  }
}

/** Whether the first of several lines is JSON. */
function isLog(bytes: Uint8Array): boolean {
  const end = bytes.indexOf(0x0a);
  if (end < 0) return false;
  try {
    return typeof JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) === "object";
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return [...text].every((character, index) => bytes[index] === character.charCodeAt(0));
}

function unknown(path: string, reason: string, cause?: unknown): FedscoreError {
  return new FedscoreError("FEDSCORE_INVALID_DATA", `cannot inspect ${path}: ${reason}`, { path }, cause);
}
