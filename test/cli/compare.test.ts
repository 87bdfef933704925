import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { reportResult } from "../support/report-input.js";
import { callCli, temporaryFolder } from "./support.js";

let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ path: folder, remove } = temporaryFolder());
});
afterEach(() => remove());

function writeRun(name: string, change: Parameters<typeof reportResult>[0] = {}): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, "result.json"), JSON.stringify(reportResult(change)));
  return path;
}

it("prints measures side by side under the folders' names, and what the configs differ in", async () => {
  const { config, training } = reportResult();
  const a = writeRun("a");
  const b = writeRun("b", { config: { ...config, seed: 9 }, training: { ...training, loss: [0.125] } });
  const { code, stdout, stderr } = await callCli(["compare", a, join(b, "result.json")]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const cells = (start: string) =>
    stdout
      .split("\n")
      .find((line) => line.startsWith(start))
      ?.split(/ {2,}/);
  expect(cells("loss, last round")).toEqual(["loss, last round", "0.6667", "0.1250"]);
  expect(cells("seed")).toEqual(["seed", String(config.seed), "9"]);
  expect(stdout).not.toContain("different data");
});

it("gives the same to programs, and writes a page", async () => {
  const a = writeRun("a", { name: "one" });
  const b = writeRun("b", {
    name: "two",
    checksums: { data: "e".repeat(64), config: "c".repeat(64), parameters: "a".repeat(64) },
  });
  const page = join(folder, "compare.html");
  const { code, stdout } = await callCli(["compare", a, b, "--json", "--out", page]);
  expect(code).toBe(0);
  const found = JSON.parse(stdout);
  expect(found.runs.map(({ label, path }: { label: string; path: string }) => [label, path])).toEqual([
    ["one", a],
    ["two", b],
  ]);
  expect(found.sameData).toBe(false);
  expect(found.config).toEqual([]);
  expect(found.measures.find(({ name }: { name: string }) => name === "rounds").values).toEqual([
    { value: 12 },
    { value: 12 },
  ]);
  expect(readFileSync(page, "utf8")).toContain("<h1>2 runs side by side</h1>");
});

it("shortens long values of configs, but not for programs", async () => {
  const { config } = reportResult();
  const hidden = Array.from({ length: 60 }, (_, layer) => layer + 1);
  const runs = [writeRun("a"), writeRun("b", { config: { ...config, network: { ...config.network, hidden } } })];
  const { stdout } = await callCli(["compare", ...runs]);
  const [line = ""] = stdout.split("\n").filter((each) => each.startsWith("network.hidden"));
  expect(line).toMatch(/ {2}\[1,2,3,.{50}\.\.\.$/);
  const { config: differences } = JSON.parse((await callCli(["compare", ...runs, "--json"])).stdout);
  expect(differences[0].values[1]).toEqual(hidden);
});

it("the same run twice has two labels; what is no result is refused", async () => {
  const a = writeRun("a");
  expect((await callCli(["compare", a, a])).stdout).toContain(`${a} (2)`);
  writeFileSync(join(folder, "x.json"), "{}");
  const { code, stderr } = await callCli(["compare", a, join(folder, "x.json")]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^fedscore: cannot compare .*x\.json: it is not a result\.json of this version/);
  const folderOut = await callCli(["compare", a, "--out", join(folder, "none", "x.html")]);
  expect(folderOut).toMatchObject({ code: 2, stdout: "" });
});
