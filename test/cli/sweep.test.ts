// @module-tag slow
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callCli, startCli, temporaryFolder } from "./support.js";

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
    const resumed = await callCli(["sweep", path, "--out", out], folder.path);
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toContain(`points: ${kept}/8 · ${kept} were there before`);
    expect(resumed.stdout).toMatch(/certificate ~ dimension\^[01]\.\d{3}/);
    expect(readdirSync(out).sort()).toEqual(["points", "report.html", "result.json"]);
  });

  test("--quick --json prints the result alone on stdout", async () => {
    const { code, stdout } = await callCli(["sweep", path, "--quick", "--json"], folder.path);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kind: "sweep", name: "lines", quick: true });
    expect(existsSync(join(folder.path, "runs/lines-quick/report.html"))).toBe(true);
  });

  test("a point that diverges is named at the end, which is 1; --resume repeats it and no other", async () => {
    const rates = join(folder.path, "rates.json");
    const base = {
      name: "rates",
      data: { kind: "gaussian", dimension: 2, train: 200, heldOut: 50 },
      network: { hidden: [16], noiseFeatures: 4 },
      training: { rounds: 3, localSteps: 2, batchSize: 16, optimizer: { kind: "sgd", learningRate: 0.1 } },
      federation: { clients: 2 },
      sampling: { count: 50, grid: { kind: "uniform-log-snr", steps: 5 } },
      certificate: { paths: 100, intervalRows: 256, intervalPaths: 2 },
      evaluation: { samples: 50 },
    };
    const axes = [{ name: "lr", label: "lr", path: "training.optimizer.learningRate", values: [0.1, 1000, 0.01] }];
    writeFileSync(rates, JSON.stringify({ ...sweep, name: "rates", kind: "run", base, axes, fits: [], plots: [] }));
    const run = (...options: string[]) => callCli(["sweep", rates, "--out", "rates", ...options], folder.path);
    const sentence =
      /^fedscore: 1 of 3 points failed: lr 1000, seed 1 \(round \d+: .* step \d+\); the others are in rates; --resume computes/m;
    const first = await run();
    expect(first).toMatchObject({ code: 1, stderr: expect.stringMatching(sentence) });
    expect(first.stdout).toMatch(/^1000 +failed$/m);
    expect(first.stdout).toMatch(/^0\.01000 +\d/m);
    expect(readdirSync(join(folder.path, "rates")).sort()).toEqual(["points", "report.html", "result.json"]);
    const again = await run();
    expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(sentence) });
    expect(again.stderr).toContain("points: 3/3 · 3 were there before");
    const resumed = await run("--resume");
    expect(resumed).toMatchObject({ code: 1, stderr: expect.stringMatching(sentence) });
    expect(resumed.stderr).toContain("points: 2/3 · 2 were there before");
    expect(resumed.stderr).toContain("points: 3/3 · lr 1000, seed 1 failed");
  });

  test("a damaged file of a point is named with the way out", async () => {
    const args = ["sweep", path, "--quick", "--out", "damaged"];
    expect((await callCli(args, folder.path)).code).toBe(0);
    const [name] = readdirSync(join(folder.path, "damaged", "points"));
    writeFileSync(join(folder.path, "damaged", "points", name), "{}");
    const { code, stderr } = await callCli(args, folder.path);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `fedscore: cannot use damaged/points/${name}: it is not the result of a point; remove it, and its point is computed again\n`,
    );
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
    const measures = [{ ...sweep.measures[0], path: "certificate.uper" }];
    writeFileSync(wrong, JSON.stringify({ ...sweep, measures }));
    expect(await callCli(["sweep", wrong, "--out", join(folder.path, "never")])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^fedscore: sweep\.measures\[0\]\.path "certificate\.uper" does not exist: .* but name, .*; did you mean "certificate\.upper"\?\n$/,
      ),
    });
    writeFileSync(wrong, JSON.stringify({ ...sweep, base: { ...sweep.base, sampler: "magic" } }));
    const point = await callCli(["sweep", wrong, "--out", join(folder.path, "never")]);
    expect(point).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("point dimension 4, seed 1: sweep.base.sampler"),
    });
    expect(existsSync(join(folder.path, "never"))).toBe(false);
  });
});
