import fc from "fast-check";
import { levelsOf } from "../../src/diffusion/grid.js";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { stepsOf } from "../../src/diffusion/sample.js";
import { createSampler, type SamplerSpec } from "../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { type Engine, Purpose } from "../../src/kernels/index.js";
import { normals } from "../../src/kernels/random.js";
import type { Model } from "../../src/model/model.js";
import { prunedModel } from "../../src/model/pruned-model.js";
import { maskFamilies } from "../../src/pruning/families/index.js";
import type { MaskFamily } from "../../src/pruning/mask.js";

const families: readonly MaskFamily[] = [maskFamilies.prefix, maskFamilies.magnitude, maskFamilies.random];

/** Some of the models, whole ones and submodels of them: smaller, by several rules. */
export function modelsOrSubmodels(engine: Engine, models: readonly Model[]): fc.Arbitrary<Model> {
  const pruned = { family: fc.constantFrom(...families), keepRatio: fc.double({ min: 0.1, max: 1, noNaN: true }) };
  return fc
    .record({ model: fc.constantFrom(...models), pruned: fc.option(fc.record(pruned), { nil: undefined }) })
    .map(({ model, pruned }) => {
      if (!pruned) return model;
      const { network: spec, parameters, seed } = model;
      const clients = [{ id: 0, keepRatio: pruned.keepRatio }];
      const [mask] = pruned.family.assign({ engine, spec, parameters, seed, round: 1, clients });
      return prunedModel(engine, model, mask);
    });
}

/** The noise that `sampleModel` draws, as a graph takes it. */
export function drawnNoise(engine: Engine, model: Model, sampler: SamplerSpec, count: number) {
  const { network, schedule, sampling, seed } = model;
  const clock = createSchedule(schedule);
  const levels = levelsOf(clock, createGrid(sampling.grid, clock));
  const length = count * network.dimension;
  const draws = stepsOf(levels, createSampler(sampler), clock, false).flatMap((parts, step) =>
    parts.flatMap(({ coefficients }, client) =>
      coefficients.noise === 0 ? [] : [normals(engine, length, { seed, purpose: Purpose.samplerNoise, step, client })],
    ),
  );
  const stepNoise = new Float32Array(draws.length * length);
  draws.forEach((draw, index) => {
    stepNoise.set(draw, index * length);
  });
  return {
    noise: { data: normals(engine, length, { seed, purpose: Purpose.prior }), dims: [count, network.dimension] },
    ...(draws.length > 0 && { step_noise: { data: stepNoise, dims: [draws.length, count, network.dimension] } }),
  };
}

/** Largest difference over the largest number. */
export function relativeError(actual: ArrayLike<number>, expected: Float32Array): number {
  const size = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[i])), 0) / size;
}
