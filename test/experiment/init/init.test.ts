import stripJsonComments from "strip-json-comments";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../src/experiment/config/parse.js";
import { starterFile } from "../../../src/experiment/init/init.js";
import { prepareRun } from "../../../src/experiment/prepare/prepare-run.js";
import { targetKinds } from "../../../src/targets/index.js";
import { simdEngine } from "../../support/engines.js";

const readBack = (text: string) => parseConfig(JSON.parse(stripJsonComments(text)));

describe("a config to begin with", () => {
  test.each(targetKinds)("%s: valid, named after the target, and ready to run", async (kind) => {
    const { name, text } = starterFile(kind);
    const config = readBack(text);
    expect(name).toBe(kind);
    expect(config.data.kind).toBe(kind);
    const engine = await simdEngine();
    const prepared = await prepareRun(engine, { ...config, workers: 1 }, ".", undefined);
    expect(prepared.clientRows).toHaveLength(4);
  });

  test.each(targetKinds)("%s: every key but kind has a comment, behind it or above", (kind) => {
    const lines = starterFile(kind).text.split("\n");
    for (const [index, line] of lines.entries()) {
      if (!/^\s*"/.test(line) || /"kind"/.test(line)) continue;
      expect(/ \/\/ \w/.test(line) || /^\s*\/\/ \w/.test(lines[index - 1]), line).toBe(true);
      expect(line.length).toBeLessThanOrEqual(120);
    }
  });

  test("what is no target is refused with what may stand there", () => {
    expect(() => starterFile("rings")).toThrow(/^target must be one of "ring", .*, got "rings"/);
  });
});
