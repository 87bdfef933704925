import { describe, expect, test } from "vitest";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { sample } from "../../src/diffusion/sample.js";
import { createSampler } from "../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { Purpose } from "../../src/kernels/purpose.js";
import { normals } from "../../src/kernels/random.js";
import { loadModel } from "../../src/model/load-model.js";
import { sampleBlocks, sampleModel } from "../../src/model/sample-model.js";
import { saveModel } from "../../src/model/save-model.js";
import { withSteps } from "../../src/model/with-steps.js";
import { ScoreNetwork } from "../../src/network/score-network.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import type { WorkerPool } from "../../src/workers/worker-pool.js";
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

describe("sampleBlocks", () => {
  const pool = new InThreadPool(engine);

  test("gives the samples of sampleModel in blocks, one after the other", async () => {
    const whole = await sampleModel(engine, model, { count: 1300, seed: 3 });
    const width = model.transform.inputDimension;
    const starts: number[] = [];
    for await (const { firstSample, samples } of sampleBlocks(pool, model, { count: 1300, seed: 3 })) {
      starts.push(firstSample);
      expect(samples).toEqual(whole.slice(firstSample * width, firstSample * width + samples.length));
    }
    expect(starts).toEqual([0, 512, 1024]);
  });

  test("starts from states where they are given, cut between blocks", async () => {
    const { dimension } = model.network;
    const states = normals(engine, 600 * dimension, { seed: 3, purpose: Purpose.prior });
    const drawn: number[] = [];
    for await (const { samples } of sampleBlocks(pool, model, { states, seed: 3 })) drawn.push(...samples);
    expect(Float32Array.from(drawn)).toEqual(await sampleModel(engine, model, { count: 600, seed: 3 }));
  });

  test("draws no more ahead than the pool has places, and nothing once its loop is left", async () => {
    const calls: AbortSignal[] = [];
    const counted: WorkerPool = {
      ...{ name: "counted", size: 2, sharesMemory: false },
      call: (job, input, options) => {
        if (options?.signal) calls.push(options.signal);
        return pool.call(job, input, options);
      },
      install: () => undefined,
      uninstall: () => undefined,
      close: async () => undefined,
    };
    for await (const { firstSample } of sampleBlocks(counted, model, { count: 512 * 9 })) {
      expect(calls.length).toBe(firstSample / 512 + 3);
      if (firstSample === 512) break;
    }
    expect(calls.length).toBe(4);
    expect(calls.every(({ aborted }) => aborted)).toBe(true);
  });

  test("leaves this thread to others, and stops by a signal", async () => {
    const controller = new AbortController();
    let others = 0;
    const timer = setInterval(() => others++, 1);
    const loop = async () => {
      for await (const _ of sampleBlocks(pool, model, { count: 512 * 4000, signal: controller.signal })) {
        if (others >= 2) controller.abort();
      }
    };
    await expect(loop()).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
    clearInterval(timer);
    expect(others).toBeGreaterThanOrEqual(2);
  });

  test("says what is wrong with its options before anything is drawn", () => {
    expect(() => sampleBlocks(pool, model, { count: 0 })).toThrow("count must be an integer");
    const states = new Float32Array(model.network.dimension + 1);
    expect(() => sampleBlocks(pool, model, { states, count: 1 })).toThrow("states must have");
  });
});

test("steps can be chosen for grids that follow from their number", () => {
  expect(withSteps({ kind: "karras", steps: 5, rho: 5 }, 9)).toEqual({ kind: "karras", steps: 9, rho: 5 });
  expect(withSteps({ kind: "benton", steps: 5 }, 9)).toEqual({ kind: "benton", steps: 9 });
  expect(withSteps({ kind: "benton", kappa: 0.1 }, 9)).toBeUndefined();
  expect(withSteps({ kind: "user", times: [1, 0.5] }, 9)).toBeUndefined();
});
