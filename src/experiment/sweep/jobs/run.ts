import { parseConfig } from "../../config/parse.js";
import { checkSettings } from "../../prepare/prepare-run.js";
import { resultJsonSchema } from "../../result/schema.js";
import { runConfig } from "../../run.js";
import type { Json } from "../paths.js";
import type { SweepJobKind } from "./job.js";

/** A whole run of `fedscore run`, without its folder; the point is its result.json. */
export const runJob: SweepJobKind = {
  parse(input) {
    const config = parseConfig(input);
    return {
      config: plain(config),
      check: (engine) => void checkSettings(engine, config),
      run: async ({ pool, variant, folder, signal }) =>
        plain(await runConfig(config, { pool, variant, folder, signal })),
    };
  },
  resultSchema: resultJsonSchema,
};

/** The value as it is read back from a file. */
function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value));
}
