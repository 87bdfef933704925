import { describe, expect, test } from "vitest";
import { type SamplerSpec, samplers } from "../../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import type { Model } from "../../../src/model/model.js";
import { prunedModel } from "../../../src/model/pruned-model.js";
import { sampleModel } from "../../../src/model/sample-model.js";
import { sampledClasses } from "../../../src/model/sample-request.js";
import { samplerToOnnx } from "../../../src/model/to-onnx.js";
import type { Guidance } from "../../../src/network/conditioned.js";
import { maskFamilies } from "../../../src/pruning/families/index.js";
import { simdEngine } from "../../support/engines.js";
import { testModels } from "../../support/models.js";
import { testNumbers } from "../../support/numbers.js";
import { openOnnx } from "../../support/onnx.js";
import { drawnNoise, relativeError } from "../../support/onnx-cases.js";

const engine = await simdEngine();
const models = testModels(engine);
const count = 5;

/** A model on a grid of few steps, with errors where its sampler needs them. */
function onGrid(model: Model, sampler: SamplerSpec): Model {
  const { tMin, tMax } = createSchedule(model.schedule);
  const steps = 6;
  const times = Array.from({ length: steps + 1 }, (_, k) => tMax + (k / steps) ** 0.7 * (tMin - tMax));
  const needed = samplers[typeof sampler === "string" ? sampler : sampler.kind].needsErrors;
  const width = needed === "coordinates" ? model.network.dimension : 1;
  const errors = Array.from(testNumbers(steps * width, 9), (value) => 0.1 + Math.abs(value) / 10);
  return {
    ...model,
    sampling: { ...model.sampling, sampler, grid: { kind: "user", times, ...(needed && { errors }) } },
  };
}

/** The first half of each hidden layer. */
function halfOf(model: Model): Model {
  const { network: spec, parameters, seed } = model;
  const clients = [{ id: 0, keepRatio: 0.5 }];
  return prunedModel(
    engine,
    model,
    maskFamilies.prefix.assign({ engine, spec, parameters, seed, round: 0, clients })[0],
  );
}

async function sampledByOnnx(model: Model): Promise<Float32Array> {
  const onnx = await openOnnx(samplerToOnnx(model));
  const classes = sampledClasses(engine, model, { count });
  const { samples } = await onnx.run({
    ...drawnNoise(engine, model, model.sampling.sampler, count),
    ...(classes && { class: { data: BigInt64Array.from(classes, BigInt), dims: [count] } }),
  });
  await onnx.close();
  expect(samples.dims).toEqual([count, model.transform.inputDimension]);
  return samples.data as Float32Array;
}

const refused = ["jvp", "full-covariance", "rk45"];
const kept: readonly SamplerSpec[] = [
  ...(Object.keys(samplers) as (keyof typeof samplers)[]).filter((name) => !refused.includes(name)),
  { kind: "ddim", eta: 0.5 },
  { kind: "heun", churn: 3, churnMin: 0.5 },
  { kind: "predictor-corrector", snr: 0.3, steps: 2 },
];

describe("onnxruntime samples as the library does, from the same noise", () => {
  test.each(kept.map((sampler, index) => [JSON.stringify(sampler), sampler, index] as const))(
    "%s",
    async (_, sampler, index) => {
      const whole = models[(53 * index) % models.length];
      const model = onGrid(index % 2 === 0 ? whole : halfOf(whole), sampler);
      const expected = await sampleModel(engine, model, { count });
      expect(relativeError(await sampledByOnnx(model), expected)).toBeLessThan(1e-5);
    },
  );

  const classed = models.find(({ network }) => network.classes === 3) as Model;
  test.each<Guidance>([{ scale: 1 }, { scale: 2.5 }, { scale: 2, interval: [0.3, 2] }])(
    "of classes with guidance %j",
    async (guidance) => {
      const model = { ...classed, sampling: { ...onGrid(classed, "heun").sampling, guidance } };
      const expected = await sampleModel(engine, model, { count });
      expect(relativeError(await sampledByOnnx(model), expected)).toBeLessThan(1e-5);
    },
  );
});

test.each(refused)("%s is refused: its steps are more than a graph of this kind has", (sampler) => {
  const model = onGrid(models[0], sampler as SamplerSpec);
  expect(() => samplerToOnnx(model)).toThrow(`sampler ${sampler} cannot be exported as a graph: it `);
});
