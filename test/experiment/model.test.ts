import { describe, expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/data/formats/safetensors.js";
import { compose } from "../../src/data/transforms/index.js";
import { parseConfig } from "../../src/experiment/config/parse.js";
import { decodeModel, encodeModel, type Model } from "../../src/experiment/model.js";
import { createEngine } from "../../src/kernels/index.js";
import { layoutOf, type NetworkSpec } from "../../src/network/spec.js";

const engine = await createEngine({ variant: "simd" });
const {
  schedule,
  sampling,
  network: widths,
} = parseConfig({
  name: "a",
  data: { kind: "ring" },
  network: { hidden: [4, 4], noiseFeatures: 4, residual: true },
});
const network: NetworkSpec = { ...widths, dimension: 3, sigmaData: 0.75 };
const model: Model = {
  name: "a",
  network,
  parameters: Float32Array.from({ length: layoutOf(network).size }, (_, i) => Math.fround(i / 7)),
  schedule,
  transform: compose(3, []),
  sampling: { ...sampling, grid: { kind: "uniform-log-snr", steps: 100 } },
  seed: 2 ** 52,
  imageShape: [1, 3],
};

/** The model's file with other metadata or tensors. */
function changed(change: (file: ReturnType<typeof readSafetensors>) => ReturnType<typeof readSafetensors>): Uint8Array {
  const { tensors, metadata } = change(readSafetensors(encodeModel(model), "m"));
  return writeSafetensors(tensors, metadata);
}

describe("model.safetensors", () => {
  test("holds the model exactly, and the same model has the same bytes", () => {
    const bytes = encodeModel(model);
    const { transform, ...decoded } = decodeModel(engine, bytes, "m");
    const { transform: original, ...rest } = model;
    expect(decoded).toEqual(rest);
    expect(transform.toJSON()).toEqual(original.toJSON());
    expect(encodeModel({ ...decoded, transform })).toEqual(bytes);
  });

  test.each<[string, Uint8Array, RegExp]>([
    [
      "of another program",
      changed(({ tensors }) => ({ tensors, metadata: {} })),
      /^m, metadata, format: expected "fedscore-model-1", found "none"/,
    ],
    [
      "with a network that is none",
      changed(({ tensors, metadata }) => ({
        tensors,
        metadata: { ...metadata, network: '{"dimension":0,"sigmaData":1}' },
      })),
      /^m, metadata, network\.dimension: /,
    ],
    [
      "with broken JSON",
      changed(({ tensors, metadata }) => ({ tensors, metadata: { ...metadata, seed: "1e" } })),
      /^m, metadata, seed: expected JSON, found "1e"/,
    ],
    [
      "without a tensor",
      changed(({ tensors, metadata }) => ({ tensors: tensors.slice(1), metadata })),
      /^m, tensors: expected tensor layers\.0\.weight of shape \[4, 7\], found "none"/,
    ],
    [
      "with a tensor too many",
      changed(({ tensors, metadata }) => ({ tensors: [...tensors, { ...tensors[0], name: "x" }], metadata })),
      /^m, tensors: expected 6 tensors, found 7/,
    ],
    ["cut off", encodeModel(model).subarray(0, 100), /^m, /],
  ])("a file %s is refused", (_, bytes, message) => {
    expect(() => decodeModel(engine, bytes, "m")).toThrow(message);
  });
});
