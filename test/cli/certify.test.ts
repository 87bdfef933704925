import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callCli, pointsCsv, spawnCli, temporaryFolder, writeSmallRun } from "./support.js";

describe("fedscore certify", () => {
  const { path: folder, remove } = temporaryFolder();
  const resultOf = (out: string) => JSON.parse(readFileSync(join(folder, out, "result.json"), "utf8"));
  beforeAll(async () => {
    writeSmallRun(folder, {
      data: { kind: "ring", train: 400, heldOut: 80 },
      transforms: [{ kind: "standardize", scale: "global" }],
      sampling: { grid: { kind: "certified", steps: 8 }, count: 1000, denoiseLast: true },
      certificate: { paths: 1024, intervalRows: 512, intervalPaths: 4, defensiveShare: 1e-3 },
    });
    const { code, stdout } = await spawnCli(["run", "config.json", "--out", "run", "--variant", "simd"], folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/KL +between \S+ and \S+ nats at 95 %; 4 [a-z-]+ paths for each of 512 \+ 512 rows/);
    expect(stdout).toMatch(
      /defensive +KL of the sampler that draws from N\(0, \S+ I\) .*; at most \S+ nats at 95 %, whatever/,
    );
    expect(stdout).toMatch(/lower bound +KL >= \S+ nats at 95 %; /);
    expect(stdout).toMatch(/estimate +KL ~ \S+ nats \(\S+ to \S+\), nearest neighbours/);
    expect(stdout).toMatch(/certificate +KL <= \S+ nats at 95 %; initialization \S+, score \S+, discretization/);
  });
  afterAll(remove);

  test("the run has bounds in order, in result.json and in the report", () => {
    const { lowerBound, sandwich, certificate, klInterval } = resultOf("run");
    const [lower, interval, estimate, upper] = sandwich.rows;
    expect(lower).toMatchObject({ role: "lower bound", value: lowerBound.value });
    expect(lower.value).toBeGreaterThan(0);
    expect(interval).toMatchObject({ role: "interval", low: klInterval.low, high: klInterval.high });
    expect(klInterval.low).toBeGreaterThan(0);
    const { document } = parseHTML(readFileSync(join(folder, "run", "report.html"), "utf8"));
    const [head] = document.querySelectorAll(".facts > div");
    expect(head.querySelector("dt")?.textContent).toBe("KL, nats");
    expect(head.querySelector("small")?.textContent).toBe("at 95 % confidence");
    expect(klInterval.high).toBeGreaterThan(lower.value);
    expect(klInterval.high).toBeLessThan(certificate.upper);
    expect(estimate.value).toBeGreaterThan(lower.value);
    expect(upper).toMatchObject({ role: "certificate", value: certificate.upper });
    expect(upper.value).toBeGreaterThan(estimate.value);
    const report = readFileSync(join(folder, "run", "report.html"), "utf8");
    const { defensive } = klInterval;
    expect(defensive).toMatchObject({ share: 1e-3, confidence: 0.95 });
    expect(defensive.high).toBeGreaterThan(klInterval.low);
    expect(report).toContain(`${defensive.about}. It is at most <data value="${defensive.high}"`);
    for (const { value } of [lower, estimate, upper]) expect(report).toContain(`<data value="${value}"`);
  });

  test("finds the certificate of the run again, from its folder", async () => {
    const { code, stdout } = await callCli(["certify", "run", "--json", "--variant", "simd", "--workers", "1"], folder);
    expect(code).toBe(0);
    const { certificate } = JSON.parse(stdout);
    const { certificate: ran } = resultOf("run");
    const { assumptions, ...numbers } = certificate;
    expect(ran).toMatchObject(numbers);
    expect(numbers.terms.score.value).toBeGreaterThan(0);
    expect(numbers.upper).toBeGreaterThan(numbers.value);
    expect(assumptions).toHaveLength(ran.assumptions.length);
  });

  test("finds the interval of the run again, and takes other rows and paths, or none", async () => {
    const certify = (...more: string[]) =>
      callCli(["certify", "run", "--paths", "64", "--variant", "simd", ...more], folder);
    const again = await certify("--json", "--workers", "1");
    const { assumptions, ...numbers } = JSON.parse(again.stdout).klInterval;
    expect(resultOf("run").klInterval).toMatchObject(numbers);
    expect(assumptions).toHaveLength(4);
    const other = await certify("--k", "2", "--rows", "300", "--proposal", "resampled", "--defensive");
    expect(other.stdout).toMatch(/KL between \S+ and \S+ nats at 95 %; 2 resampled paths for each of 320 \+ 320 rows/);
    expect(other.stdout).toMatch(/defensive: KL of the sampler .* with probability 0.0001 .* at most \S+ nats at 95 %/);
    const none = await certify("--rows", "0", "--json");
    expect(JSON.parse(none.stdout)).not.toHaveProperty("klInterval");
    const refused = await certify("--sampler", "ddim");
    expect(refused.stdout).toMatch(/no interval of KL: .*sampler ddim/);
  });

  test("prints a table of terms, and takes another number of paths and another confidence", async () => {
    const { code, stdout } = await callCli(
      [
        "certify",
        "run/model.safetensors",
        "--paths",
        "512",
        "--confidence",
        "0.9",
        "--sampler",
        "exponential-integrator",
      ],
      folder,
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^certificate \(exponential-integrator\), nats, 512 samples\n/m);
    for (const line of [/upper end, 90 %/, /^score +\S+ +\S+$/m, /^total +\S+ +\S+$/m, /bits per dimension/, /holds/]) {
      expect(stdout).toMatch(line);
    }
  });

  test("says why there is none", async () => {
    const { code, stdout } = await callCli(["certify", "run", "--sampler", "euler-maruyama"], folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^no certificate: sampler euler-maruyama has no path KL that is finite and known: .*beta of vp-cosine varies/m,
    );
  });

  test("samples and certifies a sampler whose errors the run did not measure, on the data of the run", async () => {
    const sampler = ["--sampler", "analytic-diagonal", "--variant", "simd"];
    const certified = await callCli(["certify", "run", "--paths", "64", "--rows", "0", ...sampler], folder);
    expect(certified.stdout).toMatch(/^certificate \(analytic-diagonal\), nats, \d+ samples$/m);
    const sampled = await callCli(["sample", "run", "-n", "16", "-o", "diagonal.csv", ...sampler], folder);
    expect(sampled.stdout).toMatch(/^diagonal.csv: 16 samples of dimension 2, \d+ evaluations of the network each$/m);
    mkdirSync(join(folder, "lone"));
    copyFileSync(join(folder, "run", "model.safetensors"), join(folder, "lone", "model.safetensors"));
    const lone = await callCli(["sample", "lone", "-n", "16", "-o", "lone.csv", ...sampler], folder);
    expect(lone.code).not.toBe(0);
    expect(lone.stderr).toMatch(/sampler analytic-diagonal needs errors that the model has not, .*lone\/result\.json/);
  });

  test("inverts deterministic samplers, at as many rows as there would be paths", async () => {
    const args = ["certify", "run", "--sampler", "ddim", "--paths", "256", "--variant", "simd"];
    const { code, stdout } = await callCli(args, folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^certificate \(ddim\), nats, 256 samples$/m);
    for (const line of [/^density +\S+ +\S+$/m, /^stray +\S+ +\S+$/m, /^total +\S+ +\S+$/m, /M_max = \S+,/]) {
      expect(stdout).toMatch(line);
    }
    writeSmallRun(folder, {
      data: { kind: "ring", train: 400, heldOut: 80 },
      transforms: [{ kind: "standardize", scale: "global" }],
      sampling: { sampler: "heun", grid: { kind: "uniform-log-snr", steps: 6 }, count: 1000 },
      certificate: { invertedRows: 256 },
    });
    const run = await callCli(["run", "config.json", "--out", "heun", "--variant", "simd"], folder);
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/certificate +KL <= \S+ nats at 95 %; density \S+, stray \S+, confidence margin/);
    const { certificate, sandwich } = resultOf("heun");
    expect(certificate).toMatchObject({ theorem: "change-of-variables", sampler: "heun", samples: 256 });
    expect(sandwich.rows.at(-2)).toMatchObject({ role: "certificate", value: certificate.upper });
    expect(sandwich.notes.join()).not.toMatch(/falls like N\^-2/);
    const report = readFileSync(join(folder, "heun", "report.html"), "utf8");
    expect(report).toContain("over 256 rows of the data law and as many samples");
    expect(report).toContain(`<data value="${certificate.upper}"`);
  });

  test("certifies against the data of the run and no others, and only the model of the result", async () => {
    const rows = pointsCsv(400);
    writeSmallRun(folder, { evaluation: { divergences: [] }, certificate: { paths: 64 } });
    const { code } = await callCli(["run", "config.json", "--out", "csv", "--variant", "simd"], folder);
    expect(code).toBe(0);
    const certify = (...options: string[]) =>
      callCli(["certify", "csv", "--variant", "simd", "--paths", "64", ...options], folder);
    mkdirSync(join(folder, "elsewhere"));
    const missing = await certify("--data-folder", "elsewhere");
    expect([missing.code, missing.stderr]).toEqual([
      2,
      expect.stringMatching(/cannot read .*points\.csv: no such file or folder\. --data-folder names the folder/),
    ]);
    writeFileSync(join(folder, "elsewhere", "points.csv"), rows.replace("-3", "-2"));
    const other = await certify("--data-folder", "elsewhere");
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringMatching(
        /elsewhere.points\.csv does not give the rows of the run any more: they have another checksum\. --data-folder names/,
      ),
    ]);
    expect((await certify()).code).toBe(0);
    copyFileSync(join(folder, "run", "model.safetensors"), join(folder, "csv", "model.safetensors"));
    const stranger = await certify();
    expect([stranger.code, stranger.stderr]).toEqual([
      2,
      expect.stringContaining(
        "the model is not the one that its result.json is about: the parameters have other checksums",
      ),
    ]);
  });

  test("bad input exits with 2", async () => {
    for (const [args, message] of [
      [["certify", join(folder, "nothing")], /cannot read .*nothing: no such file or folder/],
      [["certify", join(folder, "run"), "--confidence", "2"], /must lie in \(0\.5, 1\)/],
      [["certify", join(folder, "run"), "--steps", "5"], /--steps cannot change the times/],
    ] as const) {
      const { code, stderr } = await callCli([...args]);
      expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    }
  });
});
