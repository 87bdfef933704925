import { FedscoreError, requireText } from "../../errors.js";
import { JsonProblem, parseJson } from "../../parse-json.js";
import { readText } from "./read-file.js";

/**
 * The value in a JSON file, in which comments may stand; `what` it is stands in messages.
 * @throws FedscoreError FEDSCORE_FILE, or FEDSCORE_INVALID_CONFIG naming line and column of a syntax error or of a key that is given twice.
 */
export function readJson(path: string, what: "config" | "sweep" | "policy"): unknown {
  requireText("path", path);
  const text = readText(path, { name: `${what} ${path}` });
  try {
    return parseJson(text, { comments: true });
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    const { line, column, message } = error;
    throw new FedscoreError(
      "FEDSCORE_INVALID_CONFIG",
      `${path}:${line}:${column}: not JSON: ${message}`,
      { path },
      error,
    );
  }
}
