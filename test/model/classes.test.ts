import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConfigInput } from "../../src/experiment/config/schema.js";
import type { ExperimentResult } from "../../src/experiment/result/schema.js";
import { runExperiment } from "../../src/experiment/run.js";
import { certifySubject } from "../../src/experiment/stages/certify.js";
import { certificationOfModel } from "../../src/experiment/stages/certify-model.js";
import { loadModel } from "../../src/model/load-model.js";
import type { Model } from "../../src/model/model.js";
import { sampleModel } from "../../src/model/sample-model.js";
import { type SampleChoice, sampledClasses } from "../../src/model/sample-request.js";
import { saveModel } from "../../src/model/save-model.js";
import { trainingRows } from "../../src/network/training-rows.js";
import { TrainingProbe } from "../../src/theory/apriori/probe.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";
import { networkOf } from "../support/networks.js";

const engine = await simdEngine();
const modes = 4;
const config: ConfigInput = {
  name: "classes",
  data: { kind: "ring", modes, radius: 4, standardDeviation: 0.3, train: 800, heldOut: 80 },
  network: {
    hidden: [32, 32],
    noiseFeatures: 8,
    conditioning: "film",
    normalization: "rms",
    residual: true,
    classes: modes,
    parameterization: "edm",
  },
  training: {
    ...{ rounds: 25, localSteps: 8, batchSize: 64, labelDropout: 0.2 },
    optimizer: { kind: "adam", learningRate: 0.005 },
  },
  federation: { clients: 4, capacities: [1, 0.5] },
  sampling: { count: 400, grid: { kind: "uniform-log-snr", steps: 24 } },
  evaluation: { divergences: ["frechet"] },
  certificate: false,
};

let result: ExperimentResult;
let model: Model;

const folder = mkdtempSync(join(tmpdir(), "fedscore-classes-"));

beforeAll(async () => {
  const out = join(folder, "run");
  result = await runExperiment(config, { pool: new InThreadPool(engine), variant: "simd", out });
  model = loadModel(engine, readFileSync(join(out, "model.safetensors")));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The mode of the ring that a point is nearest to. */
function nearest(x: number, y: number): number {
  return (Math.round((Math.atan2(y, x) / (2 * Math.PI)) * modes) + modes) % modes;
}

const drawn = async (choice: SampleChoice) => {
  const samples = await sampleModel(engine, model, choice);
  return Array.from({ length: samples.length / 2 }, (_, row) => nearest(samples[2 * row], samples[2 * row + 1]));
};

describe("a model with classes", () => {
  it("draws samples of the class that each has, in the shares of the training rows", async () => {
    const classes = Array.from(sampledClasses(engine, model, { count: 300, seed: 3 }) ?? []);
    const found = await drawn({ count: 300, seed: 3 });
    const right = found.filter((mode, row) => mode === classes[row]).length;
    expect(right / 300).toBeGreaterThan(0.95);
    expect(model.classCounts?.reduce((sum, count) => sum + count, 0)).toBe(800);
    for (let label = 0; label < modes; label++) {
      const share = classes.filter((each) => each === label).length / 300;
      // Four standard deviations of a share of a quarter.
      expect(Math.abs(share - (model.classCounts?.[label] ?? 0) / 800)).toBeLessThan(0.1);
    }
  });

  it("gives a sample the same class and bytes however many are drawn", async () => {
    const [few, many] = await Promise.all([5, 40].map((count) => sampleModel(engine, model, { count, seed: 8 })));
    expect(many.subarray(0, few.length)).toEqual(few);
    const [of5, of40] = [5, 40].map((count) => sampledClasses(engine, model, { count, seed: 8 }));
    expect(of40?.subarray(0, 5)).toEqual(of5);
  });

  it("draws of one class alone where it is asked to", async () => {
    expect(new Set(sampledClasses(engine, model, { count: 50, class: 2 }))).toEqual(new Set([2]));
    const right = (await drawn({ count: 100, class: 2 })).filter((mode) => mode === 2).length;
    expect(right).toBeGreaterThan(95);
  });

  it("is guided between no class and more than the class", async () => {
    const spread = async (guidance: SampleChoice["guidance"]) => {
      const modes = await drawn({ count: 200, class: 1, ...(guidance && { guidance }) });
      return modes.filter((mode) => mode === 1).length / 200;
    };
    expect(await spread({ scale: 0 })).toBeLessThan(0.5);
    expect(await spread({ scale: 2 })).toBeGreaterThan(0.97);
    const same = await sampleModel(engine, model, { count: 4, guidance: { scale: 1 } });
    expect(same).toEqual(await sampleModel(engine, model, { count: 4 }));
    // An interval that no level of the grid lies in leaves the samples alone.
    const outside = { scale: 3, interval: [1e6, 1e7] } as const;
    expect(await sampleModel(engine, model, { count: 4, guidance: outside })).toEqual(same);
  });

  it("is the same from its file", async () => {
    const again = loadModel(engine, saveModel({ ...model, sampling: { ...model.sampling, guidance: { scale: 1.5 } } }));
    expect(again.classCounts).toEqual(model.classCounts);
    expect(await sampleModel(engine, again, { count: 3 })).toEqual(
      await sampleModel(engine, model, { count: 3, guidance: { scale: 1.5 } }),
    );
  });

  it("is certified asked without a class, and for one against its own law", async () => {
    const pool = new InThreadPool(engine);
    const certified = async (label: number | undefined) => {
      const options = { folder: ".", paths: 512, ...(label !== undefined && { class: label }) };
      const { subject, settings } = await certificationOfModel(engine, model, result, options);
      const { certificate, reason } = await certifySubject(pool, subject, settings);
      expect(reason).toContain(`asked ${label === undefined ? "without a class" : `for class ${label}`}`);
      if (!certificate || !("terms" in certificate) || certificate.value === null) throw new Error("no certificate");
      const statements = certificate.assumptions.map(({ statement }) => statement);
      return { score: certificate.terms.score.value, statements };
    };
    const [whole, one] = [await certified(undefined), await certified(2)];
    expect(whole.statements.join()).toContain("asked without a class");
    expect(one.statements.join()).toContain("asked for class 2");
    // The network asked without a class knows the ring, and is far from one Gaussian of it.
    const { subject, settings } = await certificationOfModel(engine, model, result, {
      ...{ folder: ".", paths: 512, class: 2 },
    });
    const { class: _, ...unclassed } = subject.network;
    const { certificate } = await certifySubject(pool, { ...subject, network: unclassed }, settings);
    const wrong = certificate && "terms" in certificate ? certificate.terms.score.value : 0;
    expect(wrong).toBeGreaterThan(2 * one.score);
  });

  it.each<[string, SampleChoice, string]>([
    ["a class beyond them", { class: modes }, `class must be an integer in [0, ${modes - 1}], got ${modes}`],
    ["a negative scale", { guidance: { scale: -1 } }, "guidance.scale must be finite and >= 0, got -1"],
    [
      "an interval that is none",
      { guidance: { scale: 2, interval: [3, 1] } },
      "guidance.interval must be [low, high] with 0 <= low < high",
    ],
  ])("refuses %s", async (_, choice, message) => {
    await expect(sampleModel(engine, model, choice)).rejects.toThrow(message);
  });
});

describe("what a network with classes needs", () => {
  const run = (changes: Partial<ConfigInput>) =>
    runExperiment({ ...config, ...changes }, { pool: new InThreadPool(engine), variant: "simd" });

  it("is labels, of which none is beyond its classes", async () => {
    await expect(run({ network: { ...config.network, classes: 3 } })).rejects.toThrow(
      "config.network.classes: labels of the training rows",
    );
    expect(() => trainingRows({ dimension: 1, classes: 2 }, Float32Array.of(1, 2), Int32Array.of(0, 2))).toThrow(
      "labels[1] must be a class of the network, an integer in [0, 1], got 2",
    );
  });

  it("is modulation, and guidance needs classes", async () => {
    const { conditioning: _, normalization: __, ...plain } = config.network ?? {};
    await expect(run({ network: plain })).rejects.toThrow('config.network.classes needs conditioning "film"');
    const { classes: ___, ...unclassed } = config.network ?? {};
    await expect(run({ network: unclassed, sampling: { ...config.sampling, guidance: { scale: 2 } } })).rejects.toThrow(
      "config.sampling.guidance needs network.classes",
    );
  });

  it("is no a-priori bound: its training is on two losses", async () => {
    await expect(run({ apriori: {} })).rejects.toThrow("config.network.classes must be left out beside apriori");
    const options = {
      network: networkOf({ dimension: 2, conditioning: "film", classes: 2 }),
      schedule: { kind: "vp-cosine" } as const,
      training: {
        ...({ batchSize: 8, optimizer: { kind: "sgd" }, weighting: "simple" } as const),
        levels: { spacing: "time", count: 8 },
      } as const,
      ...{ seed: 1, probes: 8, points: Float32Array.of(1, 2, 0, 3, 4, 1), clientRows: [Uint32Array.of(0, 1)] },
    };
    expect(() => new TrainingProbe(new InThreadPool(engine), options)).toThrow(
      "network.classes must be left out where gradients are measured",
    );
  });
});
