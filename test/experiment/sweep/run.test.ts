import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parseSweep, readSweep, type SweepConfig } from "../../../src/experiment/sweep/config.js";
import { runSweep, type SweepProgress } from "../../../src/experiment/sweep/run.js";
import { renderSweepReport, renderSweepSvg } from "../../../src/report/sweep/index.js";
import { ComlinkPool } from "../../../src/workers/comlink/pool.js";
import { isThorough } from "../../support/thorough.js";

const folder = mkdtempSync(join(tmpdir(), "fedscore-sweep-"));
afterAll(() => rmSync(folder, { recursive: true }));

const quick = (name: string) =>
  readSweep(new URL(`../../../experiments/${name}.json`, import.meta.url).pathname, { quick: true }).config;

const small = parseSweep({
  name: "small",
  title: "Small",
  kind: "certificate",
  base: {
    target: { kind: "gaussian", dimension: 1 },
    schedule: { kind: "ou" },
    grid: { kind: "benton", steps: 8 },
    paths: 512,
  },
  axes: [{ name: "dimension", label: "dimension", path: "target.dimension", values: [1, 2, 3, 4, 5, 6] }],
  measures: [
    { name: "certificate", label: "certificate, nats", path: "certificate.upper" },
    { name: "nothing", label: "nothing", path: "trueKl" },
  ],
  fits: [{ x: "dimension", y: "certificate", expected: 1 }],
  plots: [{ title: "Small", x: "dimension", y: ["certificate"], label: "nats" }],
});

describe("runSweep", () => {
  test("goes on point by point after an interrupt, with the same numbers", async () => {
    const out = join(folder, "interrupted");
    const whole = await runSweep(small, { workers: 2 });
    const controller = new AbortController();
    const onProgress = ({ done }: SweepProgress) => {
      if (done === 3) controller.abort();
    };
    const options = { out, workers: 1, onProgress, signal: controller.signal };
    await expect(runSweep(small, options)).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
    expect(readdirSync(out)).toEqual(["points"]);
    const points = () => readdirSync(join(out, "points")).map((name) => join(out, "points", name));
    expect(points()).toHaveLength(3);
    const times = points().map((path) => [path, statSync(path).mtimeMs]);
    const begun: SweepProgress[] = [];
    const resumed = await runSweep(small, { out, workers: 2, onProgress: (progress) => void begun.push(progress) });
    expect(begun[0]).toEqual({ done: 3, total: 6, reused: 3 });
    for (const [path, time] of times) expect(statSync(String(path)).mtimeMs).toBe(time);
    expect(resumed.rows).toEqual(whole.rows);
    expect(resumed.fits).toEqual(whole.fits);
    expect(JSON.parse(readFileSync(join(out, "result.json"), "utf8"))).toEqual(resumed);
  });

  test("points that come to one config are computed once", async () => {
    const same = { value: "four", set: { "target.dimension": 4 } };
    const axes = [{ name: "dimension", label: "dimension", path: "target.dimension", values: [4, same, 2] }];
    const out = join(folder, "same");
    const told: number[] = [];
    const options = { out, workers: 1, onProgress: ({ done }: SweepProgress) => void told.push(done) };
    const { rows, seconds } = await runSweep(parseSweep({ ...small, fits: [], axes }), options);
    expect(told).toEqual([0, 2, 3]);
    const files = readdirSync(join(out, "points")).map((name) => readFileSync(join(out, "points", name), "utf8"));
    expect(files).toHaveLength(2);
    expect(seconds).toBeCloseTo(
      files.reduce((sum, text) => sum + JSON.parse(text).seconds, 0),
      12,
    );
    expect(rows.map(({ at }) => at.dimension)).toEqual([4, "four", 2]);
    expect(rows[1].measures).toEqual(rows[0].measures);
    expect(rows[2].measures).not.toEqual(rows[0].measures);
  });

  test("names the point whose config is wrong, before anything runs", async () => {
    const wrong = { ...small, axes: [{ ...small.axes[0], values: [1, -2] }] };
    await expect(runSweep(wrong)).rejects.toThrow(/point dimension -2, seed 1: sweep.base.target.dimension must/);
  });

  describe("refuses a sweep whose last point has settings that cannot work together, before anything runs", () => {
    const start = vi.spyOn(ComlinkPool, "start");
    const refused = async (config: SweepConfig) => {
      start.mockClear();
      const out = mkdtempSync(join(folder, "refused-"));
      const onProgress = vi.fn();
      const message = await runSweep(config, { out, workers: 1, onProgress }).then(
        () => expect.unreachable(),
        (error) => {
          expect(["FEDSCORE_INVALID_CONFIG", "FEDSCORE_UNSUPPORTED"]).toContain(error.code);
          return String(error.message);
        },
      );
      expect(start).not.toHaveBeenCalled();
      expect(onProgress).not.toHaveBeenCalled();
      expect(readdirSync(out)).toEqual([]);
      return message;
    };
    const run = (path: string, values: readonly unknown[], base: object = {}) =>
      parseSweep({
        name: "refused",
        title: "Refused",
        kind: "run",
        base: { name: "refused", data: { kind: "ring", train: 100, heldOut: 10 }, ...base },
        axes: [{ name: "x", label: "x", path, values }],
        seeds: [1, 2],
        measures: [{ name: "certificate", label: "certificate, nats", path: "certificate.upper" }],
      });

    test.each([
      [
        "memory",
        run(
          "network.hidden",
          [8, 60_000].map((width) => ({ value: width, set: { "network.hidden": [width, width] } })),
        ),
        /^point x 60000, seed 1: config\.network\.hidden must .*4 GiB/,
      ],
      [
        "rows",
        run("federation.clients", [2, 3000]),
        /^point x 3000, seed 1: config\.federation\.clients must not exceed/,
      ],
      [
        "a grid beyond the schedule",
        run("sampling.grid.end", [0.01, 2], { sampling: { grid: { kind: "uniform", steps: 4, end: 1 } } }),
        /^point x 2, seed 1: config\.sampling\.grid\.end must lie in/,
      ],
      [
        "steps too long for a sampler",
        run("schedule.tMax", [5, 300], {
          schedule: { kind: "ou" },
          sampling: { sampler: "exponential-integrator", grid: { kind: "uniform", steps: 4 } },
        }),
        /^point x 300, seed 1: config\.sampling\.grid must have shorter steps/,
      ],
    ])("of kind run: %s", async (_, config, message) => expect(await refused(config)).toMatch(message));

    test.each<[string, string, (number | string)[], RegExp]>([
      ["a grid", "grid.steps", [4, 1], /^point x 1, seed 1: sweep\.base\.grid\.steps must be >= 2/],
      ["a law", "target.kind", ["ring", "moons"], /^point x moons, seed 1: the exact denoiser of .* is not known/],
      [
        "a density",
        "target.kind",
        ["ring", "checkerboard"],
        /^point x checkerboard, seed 1: sampler ddim cannot be cert/,
      ],
    ])("of kind certificate: %s", async (_, path, values, message) => {
      const base = { ...small.base, target: { kind: "ring" }, grid: { kind: "benton", steps: 4 }, sampler: "ddim" };
      const axes = [{ name: "x", label: "x", path, values }];
      const { name, title, measures } = small;
      expect(await refused(parseSweep({ name, title, kind: "certificate", base, axes, measures }))).toMatch(message);
    });
  });

  test("a missing measure is null and drawn as a dash", async () => {
    // KL in closed form is known of Gaussian targets only.
    const base = { ...small.base, target: { kind: "ring" } };
    const axes = [{ name: "modes", label: "modes", path: "target.modes", values: [2] }];
    const { measures } = small;
    const ring = parseSweep({ name: "ring", title: "Ring", kind: "certificate", base, axes, measures });
    const result = await runSweep(ring, { workers: 1 });
    expect(result.rows[0].measures.nothing).toBeNull();
    expect(result.fits).toEqual([]);
    expect(renderSweepReport(result)).toMatch(/<td[^>]*>–<\/td>/);
  });
});

/** Half a minute of computing for each. */
const thoroughly = test.runIf(isThorough);

describe("quick sizes of the shipped sweeps, all in npm run test:thorough", () => {
  thoroughly("dimension: the certificate is linear in d", async () => {
    const { fits } = await runSweep(quick("dimension"));
    const ancestral = fits.find(({ at }) => at.sampler === "ancestral");
    expect(ancestral?.slope).toBeGreaterThan(0.98);
    expect(ancestral?.slope).toBeLessThan(1.02);
    expect(fits).toHaveLength(2);
  });

  describe("steps", () => {
    let result: Awaited<ReturnType<typeof runSweep>>;
    beforeAll(async () => {
      result = await runSweep(quick("steps"));
    });

    test("discretization like 1 / N, true KL like 1 / N^2", () => {
      // On 50 to 200 steps the next order still shows: within a tenth of the exponent.
      for (const { y, slope } of result.fits) {
        const theory = y === "trueKl" ? -2 : -1;
        expect(Math.abs(slope / theory - 1)).toBeLessThan(0.1);
      }
    });

    test("the true KL never exceeds the certificate, and the certified grid has the smallest discretization", () => {
      for (const { at, measures } of result.rows) {
        expect(measures.trueKl).toBeLessThan(Number(measures.certificate));
        if (at.method !== "ancestral, Benton") continue;
        const best = result.rows.find((row) => row.at.steps === at.steps && row.at.method === "ancestral, certified");
        expect(Number(best?.measures.discretization)).toBeLessThan(Number(measures.discretization));
      }
    });

    test("the pictures are the same each time and carry their slopes", () => {
      const svg = renderSweepSvg(result, 0);
      expect(svg).toBe(renderSweepSvg(result, 0));
      expect(svg.match(/slope −[\d.]+ \[/g)).toHaveLength(4);
      expect(renderSweepReport(result)).not.toMatch(/NaN|undefined/);
    });
  });

  thoroughly("pruning: less arithmetic, and a larger score term", async () => {
    const { rows } = await runSweep(quick("pruning"));
    const measure = (keepRatio: number, name: string) =>
      Number(rows.find(({ at }) => at.keepRatio === keepRatio && at.family === "prefix")?.measures[name]);
    expect(measure(0.25, "flops")).toBeLessThan(0.25 * measure(1, "flops"));
    expect(measure(0.25, "score")).toBeGreaterThan(measure(1, "score"));
    expect(measure(1, "noise")).toBe(0);
    expect(measure(1, "neverCovered")).toBe(0);
    expect(measure(0.25, "neverCovered")).toBeGreaterThan(0);
  });

  test("coverage: the axis is the least coverage that the ledger counts", async () => {
    const { rows } = await runSweep(quick("coverage"));
    expect(rows.map(({ measures }) => measures.coverage)).toEqual(rows.map(({ at }) => at.gamma));
  });

  thoroughly("distribution: every point has a certificate", async () => {
    const { rows } = await runSweep(quick("distribution"));
    expect(rows).toHaveLength(4);
    for (const { measures } of rows) expect(measures.certificate).toBeGreaterThan(Number(measures.score));
  });

  thoroughly("apriori: the bound has a value, holds, and its optimization term falls like 1 / Q", async () => {
    const { rows, fits } = await runSweep(quick("apriori"));
    for (const { measures } of rows) {
      expect(measures.gradient).toBeLessThan(Number(measures.bound));
      expect(measures.certificate).toBeLessThan(Number(measures.apriori));
    }
    expect(fits[0].slope).toBeCloseTo(-1, 2);
  });
});
