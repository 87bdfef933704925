import fc from "fast-check";
import { expect, test } from "vitest";
import { foreignFile } from "../../../src/data/formats/foreign.js";
import { levelOfLogSnr } from "../../../src/diffusion/schedule.js";
import type { Model } from "../../../src/model/model.js";
import { toOnnx } from "../../../src/model/to-onnx.js";
import { ScoreNetwork } from "../../../src/network/score-network.js";
import { simdEngine } from "../../support/engines.js";
import { testModels } from "../../support/models.js";
import { testNumbers } from "../../support/numbers.js";
import { openOnnx } from "../../support/onnx.js";
import { modelsOrSubmodels, relativeError } from "../../support/onnx-cases.js";

const engine = await simdEngine();
const models = testModels(engine);

/** The denoised points of rows whose levels and classes differ, one row after the other. */
function denoised({ network, parameters }: Model, points: Float32Array, logSnr: Float32Array, classes: number[]) {
  const { dimension } = network;
  const rows = Array.from(logSnr, (value, row) =>
    engine.arena.scope(() => {
      const x = engine.arena.copyIn(points.subarray(row * dimension, (row + 1) * dimension)).pointer;
      const output = engine.arena.floats(dimension);
      const own = classes[row] === network.classes ? undefined : classes[row];
      const session = new ScoreNetwork(network, parameters, network.classes === undefined ? undefined : own).open(
        engine,
        1,
      );
      session.denoise(x, 1, levelOfLogSnr(value, 0), output.pointer);
      return [...output.array];
    }),
  );
  return Float32Array.from(rows.flat());
}

test("files are told apart from those of rows", () => {
  expect(foreignFile(toOnnx(models[0]))?.name).toBe("an ONNX graph of fedscore export");
});

/** Log snr of a few rows, which float32 has. */
const levels = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 1, maxLength: 5 });

test("onnxruntime denoises as the library does: dense and pruned networks, every kind, levels and classes row by row", async () => {
  await fc.assert(
    fc.asyncProperty(modelsOrSubmodels(engine, models), levels, fc.nat(), async (model, given, seed) => {
      const { dimension: d, classes } = model.network;
      const logSnr = Float32Array.from(given);
      const n = logSnr.length;
      const points = testNumbers(n * d, seed % 1000).map((value) => 2 * value);
      const labels = given.map((_, row) => (seed + row) % ((classes ?? 0) + 1));
      const onnx = await openOnnx(toOnnx(model));
      const found = await onnx.run({
        x: { data: points, dims: [n, d] },
        log_snr: { data: logSnr, dims: [n] },
        ...(classes !== undefined && { class: { data: BigInt64Array.from(labels, BigInt), dims: [n] } }),
      });
      await onnx.close();
      const expected = denoised(model, points, logSnr, labels);
      expect(found.denoised.dims).toEqual([n, d]);
      expect(relativeError(found.denoised.data as Float32Array, expected)).toBeLessThan(1e-5);
      const isChanged = model.transform.name !== "identity";
      expect(onnx.outputs).toEqual(isChanged ? ["denoised", "denoised_data"] : ["denoised"]);
      if (!isChanged) return;
      const inverse = model.transform.inverse(expected);
      expect(relativeError(found.denoised_data.data as Float32Array, inverse)).toBeLessThan(1e-5);
    }),
    { numRuns: 12 },
  );
});

test("a class that there is not is an error of the runtime, and parameters that are not finite one of ours", async () => {
  const model = models.find(({ network }) => network.classes !== undefined) as Model;
  const { dimension: d, classes = 0 } = model.network;
  const onnx = await openOnnx(toOnnx(model));
  for (const label of [-1, -5, classes + 1]) {
    const feeds = {
      x: { data: testNumbers(d, 1), dims: [1, d] },
      log_snr: { data: Float32Array.of(0), dims: [1] },
      class: { data: BigInt64Array.of(BigInt(label)), dims: [1] },
    };
    await expect(onnx.run(feeds), `class ${label}`).rejects.toThrow();
  }
  await onnx.close();
  const parameters = model.parameters.slice().fill(Number.NaN, 3, 4);
  expect(() => toOnnx({ ...model, parameters })).toThrow("model.parameters[3] must be finite, got NaN");
});
