import { readFileSync } from "node:fs";
import stripJsonComments from "strip-json-comments";
import { FedscoreError, requireText } from "../../errors.js";
import { causeOf } from "./cause.js";

/**
 * The value in a JSON file, in which comments may stand; `what` it is stands in messages.
 * @throws FedscoreError FEDSCORE_FILE, or FEDSCORE_INVALID_CONFIG naming line and column of a syntax error.
 */
export function readJson(path: string, what: "config" | "sweep"): unknown {
  requireText("path", path);
  return parseJson(path, readText(path, what));
}

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new FedscoreError("FEDSCORE_FILE", `cannot read ${what} ${path}: ${causeOf(error)}`, { path }, error);
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
