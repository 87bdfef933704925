import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { sample } from "../../src/diffusion/sample.js";
import { createSampler } from "../../src/diffusion/samplers/index.js";
import { levelAt } from "../../src/diffusion/schedule.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { Purpose, type StreamKey } from "../../src/kernels/index.js";
import { normals } from "../../src/kernels/random.js";
import type { Model } from "../../src/model/model.js";
import { saveModel } from "../../src/model/save-model.js";
import { ScoreNetwork } from "../../src/network/score-network.js";
import { simdEngine } from "../support/engines.js";
import { dataDimension, testData, testModels } from "../support/models.js";
import { testNumbers } from "../support/numbers.js";
import { describeTorch } from "../support/torch.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "build/docs/models");
const rows = 4;

const engine = await simdEngine();
const models = testModels(engine);

/** What the program and the library both compute: a matrix as its rows. */
interface Answer {
  readonly denoised: readonly (readonly number[][])[];
  readonly forward: readonly number[][];
  readonly inverse: readonly number[][];
  readonly logSnr: readonly number[];
  readonly samples: readonly number[][];
}

function rowsOf(values: ArrayLike<number>, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) =>
    Array.from({ length: width }, (_, column) => values[row * width + column]),
  );
}

function gridOf({ schedule, sampling }: Model) {
  return createGrid(sampling.grid, createSchedule(schedule));
}

/** The first, a middle and the last time of the schedule. */
function timesOf({ schedule }: Model): number[] {
  const { tMin, tMax } = createSchedule(schedule);
  return [tMin, 0.7 * tMin + 0.3 * tMax, tMax];
}

function pointsOf({ network: { dimension } }: Model): Float32Array {
  return testNumbers(rows * dimension, 5).map((value) => 2 * value);
}

/** The numbers that the sampler draws (docs/samplers.md, Randomness). */
function drawn({ network: { dimension }, seed }: Model, key: Omit<StreamKey, "seed">): number[][] {
  return rowsOf(normals(engine, rows * dimension, { seed, ...key }), dimension);
}

function requestOf(model: Model, index: number) {
  const path = join(folder, `${index}.safetensors`);
  writeFileSync(path, saveModel(model));
  const steps = Array.from(gridOf(model).times.subarray(1), (_, step) => step);
  return {
    model: path,
    times: timesOf(model),
    points: rowsOf(pointsOf(model), model.network.dimension),
    data: rowsOf(testData(rows), dataDimension),
    prior: drawn(model, { purpose: Purpose.prior }),
    noise: steps.map((step) => drawn(model, { purpose: Purpose.samplerNoise, step })),
  };
}

function denoised({ network, parameters, schedule }: Model, points: Float32Array, t: number): number[][] {
  const { dimension } = network;
  return engine.arena.scope(() => {
    const x = engine.arena.copyIn(points).pointer;
    const output = engine.arena.floats(points.length);
    const session = new ScoreNetwork(network, parameters).open(engine, rows);
    session.denoise(x, rows, levelAt(createSchedule(schedule), t), output.pointer);
    return rowsOf(output.array, dimension);
  });
}

function answerOf(model: Model): Answer {
  const { network, parameters, transform, sampling, seed } = model;
  const schedule = createSchedule(model.schedule);
  const grid = gridOf(model);
  const points = pointsOf(model);
  const samples = sample(engine, {
    denoiser: new ScoreNetwork(network, parameters),
    schedule,
    grid,
    sampler: createSampler(sampling.sampler),
    denoiseLast: sampling.denoiseLast,
    count: rows,
    seed,
  });
  return {
    denoised: timesOf(model).map((t) => denoised(model, points, t)),
    forward: rowsOf(transform.forward(testData(rows)), network.dimension),
    inverse: rowsOf(transform.inverse(points), dataDimension),
    logSnr: Array.from(grid.times, (t) => schedule.logSnr(t)),
    samples: rowsOf(transform.inverse(samples), dataDimension),
  };
}

/** Largest difference of two matrices over the largest entry. */
function relativeError(actual: readonly number[][], expected: readonly number[][]): number {
  const [a, b] = [actual.flat(), expected.flat()];
  expect(a.length).toBe(b.length);
  const difference = a.map((value, i) => Math.abs(value - b[i]));
  return Math.max(...difference) / Math.max(...b.map(Math.abs));
}

describeTorch("docs/model.md: a program written from it alone agrees with the library", (runPython) => {
  let answers: readonly Answer[];

  beforeAll(() => {
    mkdirSync(folder, { recursive: true });
    answers = runPython(join(root, "test/docs/denoiser.py"), models.map(requestOf)) as readonly Answer[];
  }, 120_000);

  it.each(models.map((model, index) => [index, model.name, model] as const))("%i: %s", (index, _, model) => {
    const [program, library] = [answers[index], answerOf(model)];
    program.denoised.forEach((matrix, k) => {
      expect(relativeError(library.denoised[k], matrix)).toBeLessThan(1e-5);
    });
    expect(relativeError(library.forward, program.forward)).toBeLessThan(1e-5);
    expect(relativeError(library.inverse, program.inverse)).toBeLessThan(1e-5);
    expect(relativeError([[...library.logSnr]], [[...program.logSnr]])).toBeLessThan(1e-9);
    expect(relativeError(library.samples, program.samples)).toBeLessThan(1e-5);
  });
});
