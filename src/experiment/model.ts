import * as z from "zod";
import { invalidData } from "../data/formats/invalid.js";
import { readSafetensors, writeSafetensors } from "../data/formats/safetensors.js";
import { type Transform, transformFromJSON } from "../data/transforms/index.js";
import type { Engine } from "../kernels/index.js";
import { layoutOf, type NetworkSpec } from "../network/spec.js";
import { type FixedGridConfig, fixedGridSchema, samplingSchema, scheduleSchema } from "./config/diffusion.js";
import { networkSchema } from "./config/network.js";
import type { ExperimentConfig } from "./config/schema.js";

/** A trained score network with all that sampling from it needs. */
export interface Model {
  readonly name: string;
  readonly network: NetworkSpec;
  /** float32 [P], laid out by layoutOf(network). */
  readonly parameters: Float32Array;
  readonly schedule: ExperimentConfig["schedule"];
  /** From the space of the data to that of the network. */
  readonly transform: Transform;
  /** How its run sampled it; of a certified grid the times. */
  readonly sampling: Omit<ExperimentConfig["sampling"], "grid"> & { readonly grid: FixedGridConfig };
  /** Seed of its run. */
  readonly seed: number;
  /** [height, width] where rows of data are grey images. */
  readonly imageShape?: readonly [number, number];
}

const format = "fedscore-model-1";

/** model.safetensors: tensors in PyTorch's names and shapes, the rest as JSON in the metadata. The same model has the same bytes. */
export function encodeModel(model: Model): Uint8Array<ArrayBuffer> {
  const tensors = layoutOf(model.network).entries.map(({ name, shape, offset, length }) => ({
    name,
    shape,
    values: model.parameters.subarray(offset, offset + length),
  }));
  const { name, network, schedule, transform, sampling, seed, imageShape } = model;
  const facts = { name, network, schedule, transform, sampling, seed, ...(imageShape && { imageShape }) };
  const metadata = Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, canonicalJson(value)]));
  return writeSafetensors(tensors, { format, ...metadata });
}

/** JSON with the keys of every object in order: equal values have the same text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner) && !("toJSON" in inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

const metadataSchema = z.strictObject({
  name: z.string(),
  network: networkSchema.unwrap().extend({
    dimension: z.int().gte(1),
    sigmaData: z.number().gt(0),
  }),
  schedule: scheduleSchema,
  transform: z.looseObject({ kind: z.string() }),
  sampling: samplingSchema.unwrap().extend({ grid: fixedGridSchema }),
  seed: z.int().gte(0),
  imageShape: z.tuple([z.int().gte(1), z.int().gte(1)]).exactOptional(),
});

/** @throws FedscoreError FEDSCORE_INVALID_DATA naming the file and what in it is wrong. */
export function decodeModel(engine: Engine, bytes: Uint8Array, source: string): Model {
  const { tensors, metadata } = readSafetensors(bytes, source);
  const { format: found, ...texts } = metadata;
  if (found !== format) throw invalidData(source, "metadata, format", JSON.stringify(format), found ?? "none");
  const facts = metadataSchema.safeParse(mapValues(texts, (text, key) => parseJson(text, key, source)));
  if (!facts.success) {
    const [{ path, message }] = facts.error.issues;
    throw invalidData(source, `metadata, ${path.join(".")}`, "a value as fedscore writes it", message);
  }
  const { network, transform, imageShape, ...rest } = facts.data;
  const { entries, size } = layoutOf(network);
  const parameters = new Float32Array(size);
  for (const { name, shape, offset } of entries) {
    const tensor = tensors.find((candidate) => candidate.name === name);
    const expected = `tensor ${name} of shape [${shape.join(", ")}]`;
    if (tensor?.shape.join() !== shape.join()) {
      throw invalidData(source, "tensors", expected, tensor ? `shape [${tensor.shape.join(", ")}]` : "none");
    }
    parameters.set(tensor.values, offset);
  }
  if (tensors.length !== entries.length)
    throw invalidData(source, "tensors", `${entries.length} tensors`, tensors.length);
  return {
    ...rest,
    network,
    parameters,
    transform: transformFromJSON(engine, transform, source),
    ...(imageShape && { imageShape }),
  };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A, key: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}

function parseJson(text: string, key: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidData(source, `metadata, ${key}`, "JSON", text, error);
  }
}
