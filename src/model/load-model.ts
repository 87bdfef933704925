import { invalidData } from "../data/formats/invalid.js";
import { readSafetensors, type Tensor } from "../data/formats/safetensors.js";
import { transformFromJSON } from "../data/transforms/index.js";
import { ArgumentError, ArgumentTypeError, FedscoreError } from "../errors.js";
import { type Engine, requireEngine } from "../kernels/index.js";
import { layoutOf, type NetworkSpec } from "../network/spec.js";
import { parseJson } from "../parse-json.js";
import { readFacts } from "./facts.js";
import type { Model } from "./model.js";
import { modelFormat } from "./save-model.js";

/**
 * The model in the bytes of a model.safetensors that `fedscore run` or `saveModel` wrote. Needs neither Node nor a file system: in a web page
 * the bytes come from `fetch`.
 * @param source names the file in errors.
 * @throws ArgumentTypeError where `bytes` are none; FedscoreError FEDSCORE_INVALID_DATA naming the file and what in it is wrong.
 */
export function loadModel(engine: Engine, bytes: Uint8Array, source = "model"): Model {
  requireEngine(engine);
  if (!(bytes instanceof Uint8Array)) throw new ArgumentTypeError("bytes", "must be a Uint8Array", bytes);
  const { tensors, metadata } = readSafetensors(bytes, source);
  const { format, ...texts } = metadata;
  if (format !== modelFormat) {
    throw invalidData(source, "metadata, format", JSON.stringify(modelFormat), format ?? "none");
  }
  const parsed = Object.entries(texts).map(([key, text]) => [key, parseMetadata(text, key, source)] as const);
  const { transform: restored, ...facts } = inMetadata(source, () => readFacts(Object.fromEntries(parsed)));
  const transform = transformFromJSON(engine, restored, source);
  const { network, imageShape } = facts;
  if (transform.outputDimension !== network.dimension) {
    const expected = `${transform.outputDimension}, the dimension after the transform`;
    throw invalidData(source, "metadata, network.dimension", expected, network.dimension);
  }
  if (imageShape && imageShape[0] * imageShape[1] !== transform.inputDimension) {
    const expected = `a shape of ${transform.inputDimension} pixels`;
    throw invalidData(source, "metadata, imageShape", expected, `[${imageShape.join(", ")}]`);
  }
  return { ...facts, transform, parameters: readParameters(tensors, network, source) };
}

function parseMetadata(text: string, key: string, source: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw invalidData(source, `metadata, ${key}`, "JSON", text, error);
  }
}

/** What is wrong with a part of the metadata names the file. */
function inMetadata<T>(source: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ArgumentError || error instanceof ArgumentTypeError)) throw error;
    const { argument, message } = error;
    const problem = `${source}, metadata, ${argument}:${message.slice(argument.length)}`;
    throw new FedscoreError("FEDSCORE_INVALID_DATA", problem, { source, position: argument }, error);
  }
}

function readParameters(tensors: readonly Tensor[], network: NetworkSpec, source: string): Float32Array {
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
  if (tensors.length !== entries.length) {
    throw invalidData(source, "tensors", `${entries.length} tensors`, tensors.length);
  }
  return parameters;
}
