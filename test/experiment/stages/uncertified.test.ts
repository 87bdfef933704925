import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../../../src/experiment/config/schema.js";
import { failedParts } from "../../../src/experiment/result/not-computed.js";
import { runExperiment } from "../../../src/experiment/run.js";
import { loadModel } from "../../../src/model/load-model.js";
import { saveModel } from "../../../src/model/save-model.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { simdEngine } from "../../support/engines.js";
import { testModels } from "../../support/models.js";

const engine = await simdEngine();
const base = {
  name: "uncertified",
  data: { kind: "ring", train: 60, heldOut: 30 },
  transforms: [{ kind: "standardize", scale: "global" }],
  network: { hidden: [4], noiseFeatures: 2 },
  schedule: { kind: "edm", tMin: 0.05, tMax: 20 },
  training: { rounds: 1, localSteps: 1, batchSize: 8 },
  federation: { clients: 2 },
  evaluation: { divergences: [] },
  certificate: { paths: 64, empiricalPaths: 64, intervalRows: 256, intervalPaths: 1, invertedRows: 64 },
} as const satisfies ConfigInput;

type Sampler = NonNullable<NonNullable<ConfigInput["sampling"]>["sampler"]>;

const run = (sampler: Sampler) =>
  runExperiment(
    { ...base, sampling: { sampler, count: 20, grid: { kind: "uniform-log-snr", steps: 4 } } },
    { pool: new InThreadPool(engine), variant: "simd" },
  );

describe("a run with a sampler that nothing certifies", () => {
  it.each<[Sampler, string]>([
    [{ kind: "ddim", eta: 0.5 }, "sampler ddim with eta 0.5 cannot be certified: only its default settings can"],
    [{ kind: "heun", churn: 2 }, "sampler heun with churn 2 cannot be certified: only its default settings can"],
    ["dpm-solver++-2m", "sampler dpm-solver++-2m has no path KL that is finite and known"],
    [{ kind: "predictor-corrector", steps: 2 }, "sampler predictor-corrector with steps 2 cannot be certified"],
  ])("%j is whole, and says why", async (sampler, reason) => {
    const result = await run(sampler);
    expect(failedParts(result)).toEqual([]);
    expect(result.certificate).toBeNull();
    expect(JSON.stringify(result)).toContain(reason);
  });

  it("with settings that are the defaults is certified as its name is", async () => {
    const [named, settled] = await Promise.all([run("ddim"), run({ kind: "ddim", eta: 0 })]);
    expect(settled.certificate).not.toBeNull();
    expect(settled.certificate).toEqual(named.certificate);
  });
});

describe("a model whose sampler has settings", () => {
  const [model] = testModels(engine);
  const withSampler = (sampler: Sampler) => ({ ...model, sampling: { ...model.sampling, sampler } });

  it("is read as it was written", () => {
    const sampler = { kind: "heun", churn: 3, churnNoise: 1.01 } as const;
    expect(loadModel(engine, saveModel(withSampler(sampler))).sampling.sampler).toEqual(sampler);
  });

  it("is refused where a setting is out of its range or none", () => {
    expect(() => saveModel(withSampler({ kind: "ddim", eta: 2 }))).toThrow(
      "sampling.sampler.eta must lie in [0, 1], got 2",
    );
    const unknown = JSON.parse('{ "kind": "ddim", "churn": 1 }');
    expect(() => saveModel(withSampler(unknown))).toThrow("sampling.sampler must have no other keys than kind, eta");
  });
});
