import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callCli, temporaryFolder, writeSmallRun } from "./support.js";

let folder: string;
let remove: () => void;
beforeAll(() => {
  ({ path: folder, remove } = temporaryFolder());
  writeSmallRun(folder);
});
afterAll(() => remove());

const sets = (...assignments: string[]) => assignments.flatMap((each) => ["--set", each]);

describe("--set", () => {
  test("puts JSON, or a text, over keys of the config before it is checked", async () => {
    const out = join(folder, "out");
    const keys = sets(
      "training.rounds=2",
      "name=other",
      "federation.capacities=[1, 0.25]",
      "evaluation.divergences=[]",
    );
    const { code } = await callCli(["run", join(folder, "config.json"), "--out", out, "--variant", "simd", ...keys]);
    expect(code).toBe(0);
    const { config, training } = JSON.parse(readFileSync(join(out, "result.json"), "utf8"));
    expect(config).toMatchObject({ name: "other", training: { rounds: 2, localSteps: 3 } });
    expect(config.federation.capacities).toEqual([1, 0.25]);
    expect(training.rounds).toBe(2);
    const longer = [...keys, ...sets("training.rounds=3"), "--resume"];
    expect((await callCli(["run", join(folder, "config.json"), "--out", out, ...longer])).code).toBe(0);
    expect(JSON.parse(readFileSync(join(out, "result.json"), "utf8")).training.perRound).toHaveLength(3);
  });

  const config = ["coordinate", "--server", "tls://127.0.0.1:1"];
  test.each<[string, string[], string[], string]>([
    [
      "an unknown key",
      ["run"],
      ["training.ronds=2"],
      'config.training.ronds is not a known key; did you mean "rounds"?',
    ],
    [
      "a value out of range",
      ["run"],
      ["training.rounds=0"],
      "config.training.rounds must be an integer in [1, 16777215], got 0",
    ],
    ["a text for a number", ["run"], ["seed=one"], 'config.seed must be an integer >= 0, got "one"'],
    ["a key without a value", ["run"], ["seed"], "It must be KEY=VALUE, with dots between nested keys."],
    ["an empty key", ["run"], ["training..rounds=1"], "It must be KEY=VALUE, with dots between nested keys."],
    ["of fedscore coordinate", config, ["sead=2"], 'config.sead is not a known key; did you mean "seed"?'],
  ])("%s is refused by name: %#", async (_, command, given, message) => {
    const { code, stderr } = await callCli([...command, join(folder, "config.json"), ...sets(...given)]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test("of fedscore sweep it is of the sweep's keys, and comes after --quick", async () => {
    const sweep = ["sweep", "experiments/steps.json", "--quick", "--out", join(folder, "sweep")];
    const { code, stderr } = await callCli([...sweep, ...sets("seeds=[]")]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "fedscore: sweep.seeds must have at least one seed, got array of 0\n",
    });
  });
});
