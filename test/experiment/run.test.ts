import { describe, expect, it } from "vitest";
import { runExperiment } from "../../src/experiment/run.js";

const config = { name: "misused", data: { kind: "ring" } };

describe("runExperiment in plain JavaScript", () => {
  it.each<[string, readonly unknown[], string, string]>([
    ["no config", [], "FEDSCORE_INVALID_CONFIG", "config is missing: it must be an object"],
    ["null", [null], "FEDSCORE_INVALID_CONFIG", "config must be an object, got null"],
    ["an unknown key", [{ ...config, seeds: 1 }], "FEDSCORE_INVALID_CONFIG", "config.seeds is not a known key"],
    ["no options", [config, null], "FEDSCORE_INVALID_TYPE", "options must be an object, got null"],
    [
      "a folder that is none",
      [config, { out: 5 }],
      "FEDSCORE_INVALID_TYPE",
      "options.out must be of type string, got 5",
    ],
    [
      "a pool that is none",
      [config, { pool: 2 }],
      "FEDSCORE_INVALID_TYPE",
      "pool must be an object with the methods call, install, uninstall, got 2",
    ],
    [
      "a report that is no function",
      [config, { drawReport: "report.html" }],
      "FEDSCORE_INVALID_TYPE",
      'options.drawReport must be of type function, got "report.html"',
    ],
    ["no workers", [config, { workers: 0 }], "FEDSCORE_INVALID_ARGUMENT", "workers must be an integer in [1, "],
    [
      "a build that is none",
      [config, { variant: "x" }],
      "FEDSCORE_INVALID_ARGUMENT",
      'variant must be "auto", "simd" or "relaxed"',
    ],
  ])("names what is wrong: %s", async (_, values, code, message) => {
    const run = Reflect.apply(runExperiment, undefined, [...values]);
    await expect(run).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});
