import { FedscoreError } from "../../errors.js";
import { areClientsOwn } from "../../experiment/config/own-rows.js";
import { parseConfig } from "../../experiment/config/parse.js";
import { configSchema } from "../../experiment/config/schema.js";
import { parseResult } from "../../experiment/result/parse-result.js";
import { parseSweep } from "../../experiment/sweep/config.js";
import { sweepResultSchema } from "../../experiment/sweep/result.js";
import { JsonProblem, parseJson } from "../../parse-json.js";
import type { Fact } from "../print.js";
import { inspectResult } from "./result.js";
import { inspectSchema } from "./table-file.js";

/** Bytes at the beginning that tell JSON from a table: comments may stand before it. */
const looked = 2 ** 16;

/** Whether a file begins as a JSON object, comments before it left out, or is called one. */
export function isJson(bytes: Uint8Array, path: string): boolean {
  const beginning = new TextDecoder().decode(bytes.subarray(0, looked));
  return /\.jsonc?$/i.test(path) || /^\s*(?:(?:\/\/[^\n]*|\/\*[\s\S]*?\*\/)\s*)*\{/.test(beginning);
}

/** What is in a result, or a config, of a run or a sweep, or in a schema. */
export function inspectJson(bytes: Uint8Array, path: string): Fact[] {
  const value = jsonIn(bytes, path);
  if (has(value, "schemaVersion")) return isSweep(value) ? sweepFacts(value, path) : resultFacts(bytes, path);
  if (has(value, "fields")) return inspectSchema(value);
  if (has(value, "axes")) {
    const { name, title } = parseSweep(value);
    return [
      ["kind", `config of sweep ${name}`],
      ["title", title],
      ["to run it", `fedscore sweep ${path}`],
    ];
  }
  if (Object.keys(configSchema.shape).some((key) => has(value, key))) {
    const { name, seed, data } = parseConfig(value);
    const source = "path" in data ? ` of ${data.path}` : "";
    return [
      ["kind", `config of run ${name}, seed ${seed}`],
      ["data", `${data.kind}${source}`],
      ["to run it", areClientsOwn(data) ? `fedscore coordinate ${path} --server URL` : `fedscore run ${path}`],
    ];
  }
  return resultFacts(bytes, path);
}

/** @throws FedscoreError FEDSCORE_INVALID_DATA saying why a file cannot be inspected. */
export function cannotInspect(path: string, reason: string): FedscoreError {
  return new FedscoreError("FEDSCORE_INVALID_DATA", `cannot inspect ${path}: ${reason}`, { path });
}

function jsonIn(bytes: Uint8Array, path: string): unknown {
  try {
    return parseJson(new TextDecoder().decode(bytes), { comments: true });
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    const { line, column, message } = error;
    throw cannotInspect(path, `it is not JSON: line ${line}, column ${column}: ${message}`);
  }
}

function has(value: unknown, key: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}

function isSweep(value: unknown): boolean {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "sweep";
}

function sweepFacts(value: unknown, path: string): Fact[] {
  const parsed = sweepResultSchema.safeParse(value);
  if (!parsed.success) throw cannotInspect(path, "it is not the result.json of a sweep of this version of fedscore");
  const { name, title, rows, config, date } = parsed.data;
  const failed = rows.filter((row) => row.failed).length;
  return [
    ["kind", `result of sweep ${name}`],
    ["title", title],
    ["points", `${rows.length}${failed > 0 ? `, ${failed} of them not computed, or not whole` : ""}`],
    ["measures", config.measures.map((measure) => measure.name).join(", ")],
    ["ended", date],
  ];
}

function resultFacts(bytes: Uint8Array, path: string): Fact[] {
  const parsed = parseResult(bytes);
  if ("problem" in parsed) throw cannotInspect(path, parsed.problem);
  return inspectResult(parsed.result);
}
