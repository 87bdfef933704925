import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { formatSweep } from "../../../src/cli/sweep/table.js";
import { parseSweep } from "../../../src/experiment/sweep/config.js";
import { sweepResultSchema } from "../../../src/experiment/sweep/result.js";
import { runSweep, type SweepProgress } from "../../../src/experiment/sweep/run.js";
import { renderSweepReport } from "../../../src/report/sweep/index.js";

const folder = mkdtempSync(join(tmpdir(), "fedscore-failing-sweep-"));
afterAll(() => rmSync(folder, { recursive: true }));

const base = {
  name: "sw",
  data: { kind: "gaussian", dimension: 2, train: 200, heldOut: 50 },
  network: { hidden: [16], noiseFeatures: 4 },
  training: { rounds: 3, localSteps: 2, batchSize: 16, optimizer: { kind: "sgd", learningRate: 0.1 } },
  federation: { clients: 2 },
  sampling: { count: 50, grid: { kind: "uniform-log-snr", steps: 5 } },
  certificate: { paths: 100, intervalRows: 0 },
  evaluation: { samples: 50, divergences: ["mmd"] },
};
const rates = (values: readonly number[], change: object = {}) =>
  parseSweep({
    name: "sw",
    title: "Rates",
    kind: "run",
    base: { ...base, ...change },
    axes: [{ name: "lr", label: "rate", path: "training.optimizer.learningRate", values }],
    measures: [
      { name: "certificate", label: "certificate, nats", path: "certificate.upper" },
      { name: "below", label: "lower bound, nats", path: "lowerBound.value" },
    ],
    fits: [{ x: "lr", y: "certificate" }],
    plots: [{ title: "Rates", x: "lr", y: ["certificate"], label: "nats" }],
  });

const reason = /^round \d+: client \d+ lost its loss or parameters to NaN or Infinity in local step \d+$/;

describe("a sweep with a point that diverges", () => {
  const config = rates([0.1, 1000, 0.01]);
  const out = join(folder, "diverged");
  const seen: SweepProgress[] = [];
  const run = (options: object = {}) =>
    runSweep(config, { out, workers: 2, variant: "simd", onProgress: (each) => void seen.push(each), ...options });
  const times = () =>
    readdirSync(join(out, "points")).map((name) => [name, statSync(join(out, "points", name)).mtimeMs]);

  test("marks it with its reason and its axis values, and runs the others", async () => {
    const result = await run();
    expect(sweepResultSchema.parse(JSON.parse(readFileSync(join(out, "result.json"), "utf8")))).toEqual(result);
    expect(result.rows.map(({ at, failed }) => [at.lr, failed?.code])).toEqual([
      [0.1, undefined],
      [1000, "FEDSCORE_NON_FINITE"],
      [0.01, undefined],
    ]);
    const [, { failed, measures }] = result.rows;
    expect(failed?.notComputed).toMatch(reason);
    expect(measures).toEqual({ certificate: null, below: null });
    for (const row of [result.rows[0], result.rows[2]]) expect(row.measures.certificate).toBeGreaterThan(0);
    expect(result.fits).toHaveLength(1);
    expect(seen.filter(({ failed }) => failed).map(({ point }) => point?.at.lr)).toEqual([1000]);
    const table = formatSweep(result);
    expect(table).toMatch(/^1000 +failed +failed$/m);
    expect(table).toMatch(/^failed: lr 1000, seed 1: round \d/m);
    const page = renderSweepReport(result);
    expect(page).toContain('<section id="failed">');
    expect(page).toContain("lr 1000, seed 1");
    expect(page).toContain("<em>failed</em>");
  });

  test("is taken as it is by the same command, and computed again with resume; the others are not", async () => {
    const before = times();
    seen.length = 0;
    const again = await run();
    expect(seen[0]).toEqual({ done: 3, total: 3, reused: 3 });
    expect(again.rows[1].failed?.notComputed).toMatch(reason);
    expect(times()).toEqual(before);
    seen.length = 0;
    const resumed = await run({ resume: true });
    expect(seen[0]).toEqual({ done: 2, total: 3, reused: 2 });
    // Which of two clients is named first is a matter of which worker answers first.
    expect(resumed.rows[1].failed?.notComputed).toMatch(reason);
    expect(resumed.rows.map(({ measures }) => measures)).toEqual(again.rows.map(({ measures }) => measures));
    const changed = times().filter(([name, time]) => before.find((each) => each[0] === name)?.[1] !== time);
    expect(changed).toHaveLength(1);
  });
});

test("a point of which a part failed keeps its other measures", async () => {
  const training = { ...base.training, rounds: 12, optimizer: { kind: "adam", learningRate: 1 } };
  const { rows } = await runSweep(rates([1e5], { training }), { workers: 1, variant: "simd" });
  expect(rows[0].measures).toEqual({ certificate: expect.any(Number), below: null });
  expect(rows[0].failed).toMatchObject({ code: "FEDSCORE_NON_FINITE" });
  expect(rows[0].failed?.notComputed).toMatch(/^lowerBound: it is made from samples, not computed: sample \d+ is not/);
});

test("a point keeps its certificate where neither its true KL nor its interval can be computed, and says why", async () => {
  const config = parseSweep({
    name: "sw",
    title: "Far modes",
    kind: "certificate",
    // Modes 200 deviations apart in three steps: no quadrature takes as many nodes, and float32 does not hold the noise beside them.
    base: {
      target: { kind: "product", dimension: 1, means: [-100, 100], weights: [0.5, 0.5], variances: [0.01, 0.01] },
      schedule: { kind: "vp-linear", tMin: 1e-6 },
      grid: { kind: "uniform-log-snr", steps: 3 },
      paths: 64,
      intervalRows: 64,
      intervalPaths: 1,
    },
    axes: [{ name: "seed", label: "seed", path: "seed", values: [1] }],
    measures: [
      { name: "certificate", label: "certificate, nats", path: "certificate.upper" },
      { name: "true", label: "KL, nats", path: "trueKl" },
      { name: "high", label: "upper end, nats", path: "klInterval.high" },
    ],
  });
  const [{ measures, failed }] = (await runSweep(config, { workers: 1, variant: "simd" })).rows;
  expect(measures).toEqual({ certificate: expect.any(Number), true: null, high: null });
  expect(failed).toMatchObject({ code: "FEDSCORE_UNSUPPORTED" });
  expect(failed?.notComputed).toMatch(/^trueKl: no quadrature of sampler ancestral on the line/);
});

test("a sweep whose points have all failed has a table and a page", async () => {
  const result = await runSweep(rates([1000, 2000]), { workers: 1, variant: "simd" });
  const without = (text: string) => text.replaceAll("to NaN or Infinity in", "");
  expect(without(formatSweep(result))).not.toMatch(/NaN|undefined|Infinity/);
  const page = renderSweepReport(result);
  expect(without(page)).not.toMatch(/NaN|undefined|Infinity/);
  expect(page).toContain("No point has a value to draw.");
});

test("a file of data that one point does not find fails that point, and is looked for again", async () => {
  const out = join(folder, "files");
  const path = join(folder, "late.csv");
  const rows = Array.from({ length: 100 }, (_, i) => `${Math.sin(i)},${Math.cos(3 * i)}`).join("\n");
  writeFileSync(join(folder, "there.csv"), `a,b\n${rows}\n`);
  const config = parseSweep({
    name: "files",
    title: "Files",
    kind: "run",
    base: { ...base, data: { kind: "csv", path: "there.csv", heldOut: 20 } },
    axes: [{ name: "file", label: "file", path: "data.path", values: ["there.csv", "late.csv"] }],
    measures: [{ name: "mmd", label: "mmd", path: "measured.mmd.value" }],
  });
  const options = { out, folder, workers: 1, variant: "simd" } as const;
  const first = await runSweep(config, options);
  expect(first.rows.map(({ failed }) => failed?.code)).toEqual([undefined, "FEDSCORE_FILE"]);
  expect(readdirSync(join(out, "points"))).toHaveLength(1);
  writeFileSync(path, `a,b\n${rows}\n`);
  const second = await runSweep(config, options);
  expect(second.rows.map(({ failed }) => failed)).toEqual([undefined, undefined]);
});

describe("the folder of a sweep", () => {
  const config = parseSweep({
    name: "stored",
    title: "Stored",
    kind: "certificate",
    base: { target: { kind: "gaussian", dimension: 1 }, grid: { kind: "uniform", steps: 4 }, paths: 64 },
    axes: [{ name: "dimension", label: "dimension", path: "target.dimension", values: [1] }],
    measures: [{ name: "certificate", label: "certificate, nats", path: "certificate.upper" }],
  });

  test("a damaged file of a point is named, with the way out", async () => {
    const out = join(folder, "damaged");
    const run = () => runSweep(config, { out, workers: 1, variant: "simd" });
    const whole = await run();
    const [name] = readdirSync(join(out, "points"));
    const path = join(out, "points", name);
    const good = readFileSync(path, "utf8");
    const [, upper] = /"upper":([\d.]+)/.exec(good) ?? [];
    for (const damaged of ["", "{}", "null", good.slice(0, -20), good.replace(upper, `1${upper}`), "[1]", "\0\0"]) {
      writeFileSync(path, damaged);
      await expect(run(), damaged).rejects.toMatchObject({
        code: "FEDSCORE_FILE",
        message: expect.stringMatching(/points\/[0-9a-f]{32}\.json: .*; remove it, and its point is computed again$/),
      });
    }
    rmSync(path);
    expect((await run()).rows).toEqual(whole.rows);
    writeFileSync(join(out, "result.json"), "{");
    await expect(run()).rejects.toThrow(/result\.json: it is damaged: .*; it is made of the points again when it is/);
  });

  test("a measure that no point has is refused once points are there, and they are kept", async () => {
    const out = join(folder, "unknown");
    const measures = [{ name: "score", label: "score", path: "certificate.terms.scor.value" }];
    const options = { out, workers: 1, variant: "simd" } as const;
    await expect(runSweep({ ...config, measures }, options)).rejects.toMatchObject({
      code: "FEDSCORE_INVALID_CONFIG",
      message: expect.stringContaining('did you mean "certificate.terms.score.value"?'),
    });
    expect(readdirSync(join(out, "points"))).toHaveLength(1);
  });
});
