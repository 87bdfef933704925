import { describe, expect, it } from "vitest";
import { loadModel } from "../../src/model/load-model.js";
import { prunedModel } from "../../src/model/pruned-model.js";
import { sampleModel } from "../../src/model/sample-model.js";
import { saveModel } from "../../src/model/save-model.js";
import { layoutOf } from "../../src/network/spec.js";
import { maskedCopy } from "../../src/pruning/expand.js";
import { maskFamilies } from "../../src/pruning/families/index.js";
import { simdEngine } from "../support/engines.js";
import { testModels } from "../support/models.js";
import { relativeError } from "../support/onnx-cases.js";

const engine = await simdEngine();

describe("a pruned model", () => {
  // Residual, normalized and modulated ones too: what is left out of them must change neither joints nor means.
  const models = testModels(engine).filter((_, index) => index % 41 === 3);

  it.each(models.map((model) => [model.name, model] as const))(
    "is smaller, and is kept by its file: %s",
    async (_, model) => {
      const { network: spec, parameters, seed } = model;
      const clients = [{ id: 0, keepRatio: 0.5 }];
      const [mask] = maskFamilies.magnitude.assign({ engine, spec, parameters, seed, round: 0, clients });
      const pruned = prunedModel(engine, model, mask);
      if (spec.hidden.some((width) => width > 1))
        expect(layoutOf(pruned.network).size).toBeLessThan(layoutOf(spec).size);
      const loaded = loadModel(engine, saveModel(pruned));
      expect(loaded.network).toEqual(pruned.network);
      const samples = await sampleModel(engine, loaded, { count: 4 });
      const withZeros = { ...model, parameters: maskedCopy(spec, mask, parameters) };
      const expected = await sampleModel(engine, withZeros, { count: 4 });
      expect(relativeError(samples, expected)).toBeLessThan(1e-5);
    },
  );
});
