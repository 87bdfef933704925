import { InvalidArgumentError, Option } from "commander";
import type { Assignment } from "../experiment/config/assignments.js";
import type { Json } from "../experiment/config/paths.js";
import { JsonProblem, parseJson } from "../parse-json.js";

/** Values that the command line puts over a file. */
export interface SetArguments {
  readonly set?: readonly Assignment[];
}

/** @param what the file is, for people. */
export function setOption(what: "config" | "sweep"): Option {
  const text = `put a value over a key of the ${what}, such as ${examples[what]}; as often as needed`;
  return new Option("--set <key=value>", text).argParser((given: string, before: readonly Assignment[] = []) => [
    ...before,
    assignmentOf(given),
  ]);
}

const examples = { config: "training.rounds=80", sweep: "base.training.rounds=80" } as const;

/** Keys and their value: JSON where it is, else the text itself. */
function assignmentOf(given: string): Assignment {
  const [, path, text] = /^([^.=]+(?:\.[^.=]+)*)=(.*)$/s.exec(given) ?? [];
  if (path === undefined) throw new InvalidArgumentError("It must be KEY=VALUE, with dots between nested keys.");
  return { path, value: jsonOrText(text) };
}

function jsonOrText(text: string): Json {
  try {
    return parseJson(text) as Json;
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    return text;
  }
}
