/** Which option and which fact of a run reaches which call of `sample` and `certify`; the pool that they start is seen through. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { readNpy } from "../../src/data/formats/npy.js";
import { samplerName } from "../../src/diffusion/samplers/index.js";
import { parseConfig } from "../../src/experiment/config/parse.js";
import type { ConfigInput } from "../../src/experiment/config/schema.js";
import { folderInput } from "../../src/experiment/files/folder-input.js";
import { prepareRun } from "../../src/experiment/prepare/prepare-run.js";
import { runExperiment } from "../../src/experiment/run.js";
import { loadModel } from "../../src/model/load-model.js";
import { sampleBlock } from "../../src/model/sample-block.js";
import { derivedSeed } from "../../src/theory/certificate/seed.js";
import { runCertificateUnits } from "../../src/theory/certificate/unit-task.js";
import { denoisingErrorRows } from "../../src/theory/denoising-errors.js";
import { ComlinkPool } from "../../src/workers/comlink/pool.js";
import { simdEngine } from "../support/engines.js";
import { RecordingPool } from "../support/recording-pool.js";
import { callCli } from "./support.js";

const engine = await simdEngine();
const folder = mkdtempSync(join(tmpdir(), "fedscore-cli-wiring-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const common = {
  seed: 6,
  schedule: { kind: "ou", tMin: 0.02, tMax: 3 },
  network: { hidden: [8], noiseFeatures: 4 },
  training: { rounds: 1, localSteps: 2, batchSize: 16 },
  federation: { clients: 2 },
  evaluation: { divergences: [] },
} satisfies Partial<ConfigInput>;

const known: ConfigInput = {
  ...common,
  name: "known",
  data: { kind: "ring", train: 100, heldOut: 40 },
  transforms: [{ kind: "standardize", scale: "global" }],
  sampling: { sampler: "ancestral", grid: { kind: "uniform-log-snr", steps: 5 }, count: 30, denoiseLast: true },
  certificate: { paths: 64, sampler: "exponential-integrator" },
};

const unknown: ConfigInput = {
  ...common,
  name: "unknown",
  data: { kind: "moons", train: 60, heldOut: 40 },
  transforms: [{ kind: "standardize" }],
  sampling: { grid: { kind: "uniform-log-snr", steps: 5 }, count: 30 },
  certificate: { paths: 32, empiricalPaths: 0 },
};

let pool: RecordingPool;
beforeAll(async () => {
  for (const config of [known, unknown]) {
    await runExperiment(config, { out: join(folder, config.name), pool: new RecordingPool(engine), variant: "simd" });
  }
});
beforeEach(() => {
  pool = new RecordingPool(engine);
  // What the commands use of a pool is what a WorkerPool has.
  vi.spyOn(ComlinkPool, "start").mockResolvedValue(pool as unknown as ComlinkPool);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("fedscore sample", () => {
  const out = join(folder, "drawn.npy");
  const sample = (...options: string[]) =>
    callCli(["sample", join(folder, "known"), "--variant", "simd", "--out", out, ...options]);

  it("has the run's own settings where no option says otherwise", async () => {
    const { code } = await sample("--count", "12");
    expect(code).toBe(0);
    const [{ input, output }] = pool.callsOf(sampleBlock);
    expect(input).toMatchObject({ seed: 6, sampler: "ancestral", denoiseLast: true, count: 12, firstSample: 0 });
    expect(input.grid).toMatchObject({ kind: "uniform-log-snr", steps: 5 });
    const model = loadModel(engine, readFileSync(join(folder, "known", "model.safetensors")));
    expect(readNpy(readFileSync(out), "drawn.npy")).toEqual({
      shape: [12, 2],
      values: model.transform.inverse(output),
    });
  });

  it.each([
    [["--seed", "11"], { seed: 11, sampler: "ancestral" }, 5],
    [["--sampler", "heun"], { seed: 6, sampler: "heun" }, 5],
    [["--steps", "3"], { seed: 6, sampler: "ancestral" }, 3],
    [["--sampler", '{"kind":"ddim","eta":0.5}'], { seed: 6, sampler: { kind: "ddim", eta: 0.5 } }, 5],
    [["--sampler", "rk45"], { seed: 6, sampler: "rk45" }, 5],
    [["--sampler", ' {"kind": "rk45", "rtol": 1e-3}'], { seed: 6, sampler: { kind: "rk45", rtol: 1e-3 } }, 5],
  ] as const)("%j", async (options, settings, steps) => {
    const { code, stdout } = await sample("--count", "12", ...options);
    expect(code).toBe(0);
    const [{ input }] = pool.callsOf(sampleBlock);
    expect(input).toMatchObject({ ...settings, denoiseLast: true });
    expect(input.grid).toMatchObject({ kind: "uniform-log-snr", steps });
    // Two evaluations a step of Heun's, and the last denoising.
    const evaluations = settings.sampler === "heun" ? 2 * steps + 1 : steps + 1;
    const words = samplerName(settings.sampler) === "rk45" ? "an adaptive number of" : evaluations;
    expect(stdout).toContain(`, ${words} evaluations of the network`);
  });
});

describe("fedscore certify", () => {
  const certify = async (run: string, ...options: string[]) => {
    const { code, stdout } = await callCli(["certify", join(folder, run), "--variant", "simd", "--json", ...options]);
    expect(code).toBe(0);
    return JSON.parse(stdout);
  };
  const evidence = ({ certificate }: { certificate: { assumptions: { statement: string; evidence: string }[] } }) =>
    certificate.assumptions.map((each) => `${each.statement}: ${each.evidence}`).join("\n");

  it("certifies what the run's config says, with the seed of its certificate, before the last denoising", async () => {
    const found = await certify("known");
    const [setup] = pool.setupsOf(runCertificateUnits.kept);
    expect(setup).toMatchObject({ sampler: "exponential-integrator", seed: derivedSeed(6, "certificate") });
    expect(found.certificate).toMatchObject({ samples: 64, confidence: 0.95 });
    expect(evidence(found)).toContain("before its last denoising");
    expect(evidence(found)).toContain("one look at the end");
    const { certificate } = JSON.parse(readFileSync(join(folder, "known", "result.json"), "utf8"));
    expect(found.certificate.upper).toBe(certificate.upper);
  });

  it("takes another sampler, confidence, precision, number of paths and of steps", async () => {
    const options = ["--sampler", "ancestral", "--confidence", "0.8", "--precision", "0.5", "--paths", "2000"];
    const found = await certify("known", ...options, "--steps", "7");
    const [setup] = pool.setupsOf(runCertificateUnits.kept);
    expect(setup.sampler).toBe("ancestral");
    expect(setup.grid.times).toHaveLength(8);
    expect(found.certificate.confidence).toBe(0.8);
    expect(evidence(found)).toContain("look at the precision");
  });

  it("takes as many paths as it is told to", async () => {
    const { certificate } = await certify("known", "--paths", "160");
    expect(certificate.samples).toBe(160);
  });

  it("evaluates the variational bound on the run's held-out rows", async () => {
    const found = await certify("unknown", "--confidence", "0.8");
    const { heldOut } = await prepareRun(engine, parseConfig(unknown), folderInput("."), undefined);
    const [setup] = pool.setupsOf(denoisingErrorRows.kept);
    expect(setup).toMatchObject({ clean: { points: heldOut, dimension: 2 }, seed: derivedSeed(6, "bound") });
    expect(found.variational).toMatchObject({ samples: 32, confidence: 0.8 });
    expect(found.certificate).toBeNull();
  });
});
