import { describe, expect, test } from "vitest";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { sample } from "../../src/diffusion/sample.js";
import { createSampler } from "../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { loadModel } from "../../src/model/load-model.js";
import { sampleModel } from "../../src/model/sample-model.js";
import { saveModel } from "../../src/model/save-model.js";
import { withSteps } from "../../src/model/with-steps.js";
import { ScoreNetwork } from "../../src/network/score-network.js";
import { simdEngine } from "../support/engines.js";
import { testModels } from "../support/models.js";

const engine = await simdEngine();
const [model] = testModels(engine).filter(({ transform, sampling }) => transform.name !== "" && sampling.denoiseLast);

describe("sampleModel", () => {
  test("draws what the sampler does with the model's parts, in the space of the data", async () => {
    const schedule = createSchedule(model.schedule);
    const drawn = sample(engine, {
      denoiser: new ScoreNetwork(model.network, model.parameters),
      schedule,
      grid: createGrid(model.sampling.grid, schedule),
      sampler: createSampler(model.sampling.sampler),
      denoiseLast: model.sampling.denoiseLast,
      seed: 7,
      count: 600,
    });
    const progress: number[] = [];
    const samples = await sampleModel(engine, model, { count: 600, seed: 7, onAdvance: (done) => progress.push(done) });
    expect(samples).toEqual(model.transform.inverse(drawn));
    expect(progress).toEqual([512, 600]);
  });

  test("leaves to the run what is not chosen, and a file changes nothing", async () => {
    const samples = await sampleModel(engine, model);
    expect(samples.length).toBe(model.sampling.count * model.transform.inputDimension);
    const { seed, sampling } = model;
    expect(await sampleModel(engine, model, { seed, sampler: sampling.sampler, grid: sampling.grid })).toEqual(samples);
    expect(await sampleModel(engine, model, { sampler: "ddim" })).not.toEqual(samples);
    expect(await sampleModel(engine, loadModel(engine, saveModel(model)))).toEqual(samples);
  });

  test("stops at a signal", async () => {
    const stopped = sampleModel(engine, model, { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
  });

  test.each<[string, readonly unknown[], string]>([
    ["no engine", [], "engine must be an engine, which createEngine resolves to, got undefined"],
    ["no model", [engine], "model must be an object, got undefined"],
    ["an empty model", [engine, {}], "model.network must be an object, got undefined"],
    ["options that are none", [engine, model, null], "options must be an object, got null"],
    ["no samples", [engine, model, { count: 0 }], "count must be an integer in [1, "],
    ["a seed between integers", [engine, model, { seed: 0.5 }], "seed must be an integer >= 0, got 0.5"],
    ["a sampler that is none", [engine, model, { sampler: "magic" }], 'sampler must be one of "euler-maruyama", '],
    ["a grid that is none", [engine, model, { grid: { kind: "uniform", steps: 0 } }], "grid.steps must be an integer"],
  ])("names what is wrong: %s", async (_, values, message) => {
    await expect(Reflect.apply(sampleModel, undefined, [...values])).rejects.toThrow(message);
  });
});

test("steps can be chosen for grids that follow from their number", () => {
  expect(withSteps({ kind: "karras", steps: 5, rho: 5 }, 9)).toEqual({ kind: "karras", steps: 9, rho: 5 });
  expect(withSteps({ kind: "benton", steps: 5 }, 9)).toEqual({ kind: "benton", steps: 9 });
  expect(withSteps({ kind: "benton", kappa: 0.1 }, 9)).toBeUndefined();
  expect(withSteps({ kind: "user", times: [1, 0.5] }, 9)).toBeUndefined();
});
