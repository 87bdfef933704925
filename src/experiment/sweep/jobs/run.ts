import { parseConfig } from "../../config/parse.js";
import { isObject, type Json, withValueAt } from "../../config/paths.js";
import { checkSettings } from "../../prepare/prepare-run.js";
import { resultJsonSchema } from "../../result/schema.js";
import { runConfig } from "../../run.js";
import type { SweepJobKind } from "./job.js";

/** A whole run of `fedscore run`, without its folder; the point is its result.json. */
export const runJob: SweepJobKind = {
  parse(input, measured) {
    const config = parseConfig(measured.some(readsInterval) ? input : withoutInterval(input));
    return {
      config: plain(config),
      check: (engine) => void checkSettings(engine, config),
      run: async ({ pool, variant, folder, signal }) =>
        plain(await runConfig(config, { pool, variant, folder, signal })),
    };
  },
  resultSchema: resultJsonSchema,
};

function readsInterval(path: string): boolean {
  return /^(klInterval|sandwich)\b/.test(path);
}

/** The config without the interval, which takes a few seconds of each point and is read by no measure; one that asks for it itself stays. */
function withoutInterval(config: Json): Json {
  if (!isObject(config)) return config;
  const { certificate = {} } = config;
  const asksNothing = isObject(certificate) && !("intervalRows" in certificate);
  return asksNothing ? withValueAt(config, "certificate.intervalRows", 0) : config;
}

/** The value as it is read back from a file. */
function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value));
}
