import { describe, expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/data/formats/safetensors.js";
import { compose } from "../../src/data/transforms/index.js";
import { parseConfig } from "../../src/experiment/config/parse.js";
import { loadModel } from "../../src/model/load-model.js";
import type { Model } from "../../src/model/model.js";
import { saveModel } from "../../src/model/save-model.js";
import { layoutOf, type NetworkSpec } from "../../src/network/spec.js";
import { simdEngine } from "../support/engines.js";

const engine = await simdEngine();
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
  const { tensors, metadata } = change(readSafetensors(saveModel(model), "m"));
  return writeSafetensors(tensors, metadata);
}

const withText = (key: string, text: string) =>
  changed(({ tensors, metadata }) => ({ tensors, metadata: { ...metadata, [key]: text } }));
const withMetadata = (key: string, value: unknown) => withText(key, JSON.stringify(value));

/** `compose` of `compose` of ... of nothing. */
const nested = (depth: number) => `${'{"kind":"compose","dimension":3,"steps":['.repeat(depth)}${"]}".repeat(depth)}`;

/** The model's file with its first parameter changed and all of them as float64. */
const wider = (first: number) =>
  changed(({ tensors, metadata }) => ({
    tensors: tensors.map(({ name, shape, values }, index) => ({
      ...{ name, shape },
      values: Float64Array.from(values, (value, i) => (index === 0 && i === 0 ? first : value)),
    })),
    metadata,
  }));

describe("model.safetensors", () => {
  test("holds the model exactly, and the same model has the same bytes", () => {
    const bytes = saveModel(model);
    const { transform, ...decoded } = loadModel(engine, bytes, "m");
    const { transform: original, ...rest } = model;
    expect(decoded).toEqual(rest);
    expect(transform.toJSON()).toEqual(original.toJSON());
    expect(saveModel({ ...decoded, transform })).toEqual(bytes);
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
      /^m, metadata, seed: expected JSON, found "/,
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
    [
      "with a setting that is none of its schedule",
      changed(({ tensors, metadata }) => ({
        tensors,
        metadata: { ...metadata, schedule: '{"kind":"vp-cosine","tMin":0.001,"betaMin":1}' },
      })),
      /^m, metadata, schedule: must have no other keys than kind, tMin, tMax, got "betaMin"/,
    ],
    [
      "with a grid outside of its schedule",
      changed(({ tensors, metadata }) => ({
        tensors,
        metadata: {
          ...metadata,
          sampling: '{"count":5,"denoiseLast":false,"sampler":"ancestral","grid":{"kind":"user","times":[2,0.5]}}',
        },
      })),
      /^m, metadata, grid\.times\[0\]: must lie in \[/,
    ],
    [
      "with an unknown sampler",
      changed(({ tensors, metadata }) => ({
        tensors,
        metadata: { ...metadata, sampling: (metadata.sampling ?? "").replace("ancestral", "magic") },
      })),
      /^m, metadata, sampling\.sampler: must be one of "euler-maruyama", .*, got "magic"/,
    ],
    [
      "whose transform is of another network",
      changed(({ tensors, metadata }) => ({
        tensors,
        metadata: { ...metadata, transform: JSON.stringify(compose(2, []).toJSON()) },
      })),
      /^m, metadata, network\.dimension: must be 2, the dimension after the transform, got 3/,
    ],
    [
      "whose images have another size",
      changed(({ tensors, metadata }) => ({ tensors, metadata: { ...metadata, imageShape: "[2,2]" } })),
      /^m, metadata, imageShape: must be a shape of 3 pixels, got "\[2, 2\]"/,
    ],
    [
      "of a network beyond all memory",
      withMetadata("network", { ...network, dimension: 2 ** 31 }),
      /^m, metadata, network\.dimension: must be 3, /,
    ],
    [
      "of a transform without its steps",
      withMetadata("transform", { kind: "compose", dimension: 1, steps: [] }),
      /^m, metadata, network\.dimension: must be 1, /,
    ],
    [
      "whose times fall",
      withMetadata("schedule", { kind: "vp-cosine", tMin: 0.9, tMax: 0.1 }),
      /^m, metadata, schedule\.tMin: must lie in \(0, tMax = 0\.1\), got 0\.9/,
    ],
    [
      "whose name controls the terminal",
      withMetadata("name", "x\x1b[31m"),
      /^m, metadata, name: must be a text of at most 200 characters, none of which controls a terminal, got "x\\u001b\[31m"/,
    ],
    [
      "with a name without end",
      withMetadata("name", "x".repeat(201)),
      /^m, metadata, name: must be a text of at most 200/,
    ],
    [
      "that drew more than can be drawn",
      withMetadata("sampling", { ...model.sampling, count: 2 ** 31 }),
      /^m, metadata, sampling\.count: must be an integer in \[1, 357913941\]/,
    ],
    [
      "with a key twice",
      withText("seed", '{"a":1,"a":2}'),
      /^m, metadata, seed: expected JSON, found "the key a is given twice, in column 8"/,
    ],
    [
      "with transforms in transforms",
      withText("transform", nested(101)),
      /^m, transform compose, steps: expected at most 100 inside one another/,
    ],
    [
      "with transforms in transforms without end",
      withText("transform", nested(20_000)),
      /^m, metadata, transform: expected JSON, found "nested deeper than 500, in column/,
    ],
    [
      "whose parameters float32 has not",
      wider(0.1),
      /^m, tensor layers\.0\.weight, element \[0, 0\]: expected a number that float32 has, found 0\.1/,
    ],
    ["without a byte", new Uint8Array(), /^m, byte 0: expected 8 bytes of header length, found 0/],
    ["cut off", saveModel(model).subarray(0, 100), /^m, /],
  ])("a file %s is refused", (_, bytes, message) => {
    expect(() => loadModel(engine, bytes, "m")).toThrow(message);
  });

  test("parameters may be of another type that has the same numbers", () => {
    expect(loadModel(engine, wider(0), "m").parameters).toEqual(model.parameters);
  });

  test("a hundred transforms inside one another are read", () => {
    expect(loadModel(engine, withText("transform", nested(100)), "m").transform.outputDimension).toBe(3);
  });

  test.each<[string, Partial<Model>, string]>([
    ["a name", { name: "a\nb" }, "name must be a text of at most 200 characters"],
    ["a seed", { seed: Number.NaN }, "seed must be an integer >= 0, got NaN"],
    ["images", { imageShape: [2, 2] }, 'imageShape must be a shape of 3 pixels, got "[2, 2]"'],
    ["a transform of another dimension", { transform: compose(2, []) }, "network.dimension must be 2, the dimension"],
    [
      "a transform of one's own",
      { transform: { ...compose(3, []), toJSON: () => ({ kind: "mine" }) } },
      'model.transform kind must be one of "compose", "standardize" or "pca", got "mine"',
    ],
    [
      "transforms in transforms",
      {
        transform: Array.from({ length: 100 }).reduce<Model["transform"]>(
          (inner) => compose(3, [inner]),
          compose(3, []),
        ),
      },
      "model.transform must be nested at most 100 deep",
    ],
    ["samples", { sampling: { ...model.sampling, count: 0 } }, "sampling.count must be an integer >= 1, got 0"],
  ])("what loadModel would refuse is not saved: %s", (_, change, message) => {
    expect(() => saveModel({ ...model, ...change })).toThrow(message);
  });

  test("what a caller in plain JavaScript forgets is named", () => {
    const apply = (...values: readonly unknown[]) => Reflect.apply(loadModel, undefined, values);
    expect(() => apply(engine, "x")).toThrow('bytes must be a Uint8Array, got "x"');
    expect(() => apply(undefined, saveModel(model))).toThrow(
      "engine must be an engine, which createEngine resolves to, got undefined",
    );
    expect(() => apply(engine, new Uint8Array())).toThrow("model, byte 0: expected 8 bytes of header length, found 0");
    expect(() => Reflect.apply(saveModel, undefined, [])).toThrow("model must be an object, got undefined");
    expect(() => Reflect.apply(saveModel, undefined, [{}])).toThrow("model.network must be an object, got undefined");
  });

  test("parameters of another network are not saved", () => {
    expect(() => saveModel({ ...model, parameters: new Float32Array(3) })).toThrow(
      `model.parameters must have ${layoutOf(network).size} entries, got 3`,
    );
  });
});
