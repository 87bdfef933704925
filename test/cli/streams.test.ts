import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readCsv } from "../../src/data/formats/csv.js";
import { readNpy } from "../../src/data/formats/npy.js";
import { requireBuild } from "../support/built.js";
import { callCli, startCli, temporaryFolder, writeSmallRun } from "./support.js";

requireBuild();

const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ path: folder, remove } = temporaryFolder());
});
afterEach(() => remove());

/** Runs the command line with one stream read by nobody: its reader leaves at the first bytes. */
function withoutReader(
  stream: "stdout" | "stderr",
  args: readonly string[],
): Promise<{ code: number | null; other: string }> {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let other = "";
  child[stream].once("data", () => child[stream].destroy());
  child[stream === "stdout" ? "stderr" : "stdout"].on("data", (chunk) => {
    other += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, other }));
  });
}

/** Runs the command line with one stream on a full disk. */
function onFullDisk(stream: "stdout" | "stderr", args: readonly string[]) {
  const full = openSync("/dev/full", "w");
  const stdio = stream === "stdout" ? (["ignore", full, "pipe"] as const) : (["ignore", "pipe", full] as const);
  return spawnSync(process.execPath, [main, ...args], { cwd: folder, stdio: [...stdio], encoding: "utf8" });
}

const hasFull = existsSync("/dev/full");

/** Streams and signals are the same whatever is measured. */
const unmeasured = { certificate: false, evaluation: { divergences: [] } };

describe("standard streams", () => {
  test("a run goes on where whoever read its progress has left", async () => {
    writeSmallRun(folder, unmeasured);
    const { code, other } = await withoutReader("stderr", ["run", "config.json", "--out", "out", "--workers", "1"]);
    expect(code).toBe(0);
    expect(other).toContain("report");
    expect(existsSync(join(folder, "out/result.json"))).toBe(true);
  });

  test("a result that nobody reads ends quietly", async () => {
    writeSmallRun(folder, unmeasured);
    const { code, other } = await withoutReader("stdout", [
      "run",
      "config.json",
      "--out",
      "out",
      "--workers",
      "1",
      "--json",
    ]);
    expect(code).toBe(0);
    expect(other).not.toContain("    at ");
    expect(other).not.toContain("EPIPE");
  });

  test.skipIf(!hasFull)("a result that finds no room is reported, and nothing is lost (needs /dev/full)", () => {
    writeSmallRun(folder, unmeasured);
    const { status, stderr } = onFullDisk("stdout", ["run", "config.json", "--out", "out", "--workers", "1"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^fedscore: cannot write to standard output: no space left on the device$/m);
    expect(stderr).not.toContain("    at ");
    expect(existsSync(join(folder, "out/result.json"))).toBe(true);
  });

  test.skipIf(!hasFull)("progress that finds no room stops no run (needs /dev/full)", () => {
    writeSmallRun(folder, unmeasured);
    const { status, stdout } = onFullDisk("stderr", ["run", "config.json", "--out", "out", "--workers", "1"]);
    expect(status).toBe(0);
    expect(stdout).toContain("report");
  });

  test.each([[["--help"]], [["doctor"]], [["init", "ring"]]])("%j survives a closed stdout", async (args) => {
    const { code, other } = await withoutReader("stdout", args);
    expect(code).toBe(0);
    expect(other).toBe("");
  });
});

describe("signals", () => {
  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s keeps the last complete round", async (signal) => {
    writeSmallRun(folder, { ...unmeasured, training: { rounds: 5000, localSteps: 3, batchSize: 32 } });
    const { child, outcome } = startCli(["run", "config.json", "--out", "out", "--workers", "1"], folder);
    const log = join(folder, "out/log.jsonl");
    while (!(existsSync(log) && existsSync(join(folder, "out/checkpoint.bin"))))
      await new Promise((done) => setTimeout(done, 20));
    child.kill(signal);
    const { code, stderr } = await outcome;
    expect(code).toBe(130);
    expect(stderr).toContain("--resume goes on from here");
    expect(existsSync(join(folder, "out/checkpoint.bin"))).toBe(true);
  });
});

describe("where samples go", () => {
  const sample = (out: string) =>
    callCli(["sample", "out", "--count", "20", "--out", out, "--variant", "simd"], folder);

  test("what cannot be written is found before the model is run; CSV and NPY hold the same numbers", async () => {
    writeSmallRun(folder, unmeasured);
    await callCli(["run", "config.json", "--out", "out", "--variant", "simd"], folder);
    writeFileSync(join(folder, "afile"), "");
    mkdirSync(join(folder, "folder.npy"));
    const refusals: [string, string][] = [
      ["no/such/x.npy", "cannot write no/such/x.npy: no such folder: no/such"],
      ["afile/x.npy", "cannot write afile/x.npy: a part of the path is not a folder"],
      ["folder.npy", "cannot write folder.npy: it is a folder: name a file in it"],
      ["x.png", '--out must end in one of .npy, .npz, .idx, .csv, .safetensors, got "x.png"'],
      ["out", '--out must end in one of .npy, .npz, .idx, .csv, .safetensors, got "out"'],
    ];
    for (const [out, message] of refusals) {
      const { code, stderr, stdout } = await sample(out);
      expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: "", stderr: `fedscore: ${message}\n` });
    }
    expect(await sample("x.csv")).toMatchObject({ code: 0 });
    expect(await sample("x.npy")).toMatchObject({ code: 0 });
    const table = readCsv(readFileSync(join(folder, "x.csv")), "x.csv");
    expect(table.columns).toEqual(["x0", "x1"]);
    expect(table.points).toEqual(readNpy(readFileSync(join(folder, "x.npy")), "x.npy").values);
  });
});
