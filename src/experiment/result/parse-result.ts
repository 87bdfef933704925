import { JsonProblem, parseJson } from "../../parse-json.js";
import { type ExperimentResult, resultSchema } from "./schema.js";

/** The result in the bytes of a result.json, or what is wrong with them, for people. */
export type ParsedResult = { readonly result: ExperimentResult } | { readonly problem: string };

export function parseResult(bytes: Uint8Array): ParsedResult {
  try {
    const parsed = resultSchema.safeParse(parseJson(new TextDecoder().decode(bytes)));
    if (parsed.success) return { result: parsed.data };
    const [{ path, message }] = parsed.error.issues;
    const place = path.length === 0 ? "" : `${path.join(".")}: `;
    return { problem: `it is not a result.json of this version of fedscore (${place}${message})` };
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    const { line, column, message } = error;
    return { problem: `it is not JSON: line ${line}, column ${column}: ${message}` };
  }
}
