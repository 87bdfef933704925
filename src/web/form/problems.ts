import { isFedscoreError } from "../../errors.js";
import { parseConfig } from "../../experiment/config/parse.js";
import type { ExperimentConfig } from "../../experiment/config/schema.js";
import { pathOf } from "../../parse-json.js";
import type { JsonObject, Path } from "../json.js";

/** A config that a run may begin with, or one line a problem. */
export type Checked = { readonly config: ExperimentConfig } | { readonly problems: readonly string[] };

export function check(written: JsonObject): Checked {
  try {
    return { config: parseConfig(written) };
  } catch (error) {
    if (!isFedscoreError(error)) throw error;
    return { problems: error.message.split("\n") };
  }
}

/** The problem of the setting at a path, or of a part of it; what it says after its name. */
export function problemAt(problems: readonly string[], path: Path): string | undefined {
  const name = `config${pathOf(path)}`;
  const found = problems.find((line) => line.startsWith(name) && /^[\s.[:]/.test(line.slice(name.length)));
  return found && atPart(found.slice(name.length).trim());
}

/** The part of a value that is wrong, as its field shows it: "entry 1 must ..." for "[0] must ...". */
function atPart(problem: string): string {
  return problem.replace(/^\[(\d+)\]/, (_, index) => `entry ${Number(index) + 1}`).replace(/^\./, "");
}
