import { parseConfig } from "../../config/parse.js";
import { runExperiment } from "../../run.js";
import type { Json } from "../paths.js";
import type { SweepJob } from "./job.js";

/** A whole run of `fedscore run`, without its folder; the point is its result.json. */
export const runJob: SweepJob = {
  parse: (config) => plain(parseConfig(config)),
  run: async (config, { pool, variant, folder, signal }) =>
    plain(await runExperiment(parseConfig(config), { pool, variant, folder, signal })),
};

/** The value as it is read back from a file. */
function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value));
}
