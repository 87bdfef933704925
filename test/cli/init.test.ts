import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { callCli, pointsCsv, spawnCli, temporaryFolder } from "./support.js";

let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ path: folder, remove } = temporaryFolder());
});
afterEach(() => remove());

describe("fedscore init", () => {
  test("without arguments: a config of the ring, and what to do with it", async () => {
    const { code, stdout } = await spawnCli(["init"], folder);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "ring.jsonc written. Next:\n  npx fedscore run ring.jsonc\n" });
    expect(readFileSync(join(folder, "ring.jsonc"), "utf8")).toContain('"kind": "ring"');
  });

  test("of a file in the working folder: the config stands beside it", async () => {
    writeFileSync(join(folder, "rows.csv"), pointsCsv(60));
    expect((await callCli(["init", "rows.csv"], folder)).stdout).toContain("rows.jsonc written");
    expect(readFileSync(join(folder, "rows.jsonc"), "utf8")).toContain('"path": "rows.csv"');
  });

  test("an existing file is kept unless it is said to be replaced", async () => {
    const out = join(folder, "mine.jsonc");
    writeFileSync(out, "mine");
    const refused = await callCli(["init", "moons", "--out", out]);
    expect(refused).toEqual({
      code: 2,
      stdout: "",
      stderr: `fedscore: ${out} exists already; --overwrite replaces it\n`,
    });
    expect(readFileSync(out, "utf8")).toBe("mine");
    expect((await callCli(["init", "moons", "--out", out, "--overwrite"])).code).toBe(0);
    expect(readFileSync(out, "utf8")).toContain('"kind": "moons"');
  });

  test("neither a target nor a file", async () => {
    const { code, stderr } = await callCli(["init", "rings", "--out", join(folder, "x.jsonc")]);
    expect(code).toBe(2);
    expect(stderr).toContain('"rings"');
  });
});
