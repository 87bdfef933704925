import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callCli, spawnCli, startCli, temporaryFolder } from "./support.js";

const folder = temporaryFolder();
afterAll(() => folder.remove());

const sweep = {
  name: "lines",
  title: "Lines",
  kind: "certificate",
  base: {
    target: { kind: "gaussian", dimension: 1 },
    schedule: { kind: "ou" },
    grid: { kind: "benton", steps: 100 },
    paths: 20_000,
  },
  axes: [{ name: "dimension", label: "dimension", path: "target.dimension", values: [4, 8, 12, 16, 20, 24, 28, 32] }],
  measures: [{ name: "certificate", label: "certificate, nats", path: "certificate.upper" }],
  fits: [{ x: "dimension", y: "certificate" }],
  plots: [{ title: "Lines", x: "dimension", y: ["certificate"], label: "nats" }],
  quick: { base: { paths: 512, grid: { steps: 10 } } },
};

const path = join(folder.path, "lines.json");
beforeAll(() => writeFileSync(path, JSON.stringify(sweep)));

describe("fedscore sweep", () => {
  test("Ctrl-C keeps complete points and exits with 130; the same command goes on", async () => {
    const out = join(folder.path, "interrupted");
    const { child, outcome } = startCli(["sweep", path, "--out", out, "--workers", "1"], folder.path);
    child.stderr?.on("data", (chunk) => {
      if (String(chunk).includes("points: 2/8")) child.kill("SIGINT");
    });
    const stopped = await outcome;
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).not.toContain("    at ");
    expect(existsSync(join(out, "result.json"))).toBe(false);
    const kept = readdirSync(join(out, "points")).length;
    expect(kept).toBeGreaterThanOrEqual(2);
    expect(kept).toBeLessThan(8);
    const resumed = await spawnCli(["sweep", path, "--out", out], folder.path);
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toContain(`points: ${kept}/8 · ${kept} were there before`);
    expect(resumed.stdout).toMatch(/certificate ~ dimension\^[01]\.\d{3}/);
    expect(readdirSync(out).sort()).toEqual(["points", "report.html", "result.json"]);
  });

  test("--quick --json prints the result alone on stdout", async () => {
    const { code, stdout } = await spawnCli(["sweep", path, "--quick", "--json"], folder.path);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kind: "sweep", name: "lines", quick: true });
    expect(existsSync(join(folder.path, "runs/lines-quick/report.html"))).toBe(true);
  });

  test("bad input exits with 2 and one line a problem", async () => {
    const wrong = join(folder.path, "wrong.json");
    writeFileSync(wrong, JSON.stringify({ ...sweep, kind: "train", base: {} }));
    expect(await callCli(["sweep", wrong])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^fedscore: sweep\.kind must be one of "run" or "certificate", got "train"\n$/),
    });
    const missing = await callCli(["sweep", join(folder.path, "missing.json")]);
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining("no such file") });
    writeFileSync(wrong, JSON.stringify({ ...sweep, base: { ...sweep.base, sampler: "magic" } }));
    const point = await callCli(["sweep", wrong, "--out", join(folder.path, "never")]);
    expect(point).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("point dimension 4, seed 1: sweep.base.sampler"),
    });
    expect(existsSync(join(folder.path, "never"))).toBe(false);
  });
});
