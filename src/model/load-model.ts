import { indexIn, invalidData } from "../data/formats/invalid.js";
import { readSafetensors, type Tensor } from "../data/formats/safetensors.js";
import { transformFromJSON } from "../data/transforms/index.js";
import { ArgumentError, ArgumentTypeError, FedscoreError, requireTyped } from "../errors.js";
import { type Engine, requireEngine } from "../kernels/index.js";
import { layoutOf, type NetworkSpec } from "../network/spec.js";
import { JsonProblem, parseJson } from "../parse-json.js";
import { readFacts, requireAgreement } from "./facts.js";
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
  requireTyped("bytes", bytes, Uint8Array);
  const { tensors, metadata } = readSafetensors(bytes, source);
  const { format, ...texts } = metadata;
  if (format !== modelFormat) {
    throw invalidData(source, "metadata, format", JSON.stringify(modelFormat), format ?? "none");
  }
  const parsed = Object.entries(texts).map(([key, text]) => [key, parseMetadata(text, key, source)] as const);
  const facts = inMetadata(source, () => readFacts(Object.fromEntries(parsed)));
  const transform = transformFromJSON(engine, facts.transform, source);
  inMetadata(source, () => requireAgreement(facts, transform));
  return { ...facts, transform, parameters: readParameters(tensors, facts.network, source) };
}

function parseMetadata(text: string, key: string, source: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    throw invalidData(source, `metadata, ${key}`, "JSON", `${error.message}, in column ${error.column}`, error);
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

/** Compared with the file before anything of the network's size is made. */
function readParameters(tensors: readonly Tensor[], network: NetworkSpec, source: string): Float32Array {
  const { entries, size } = layoutOf(network);
  const found = entries.map(({ name, shape, offset }) => {
    const tensor = tensors.find((candidate) => candidate.name === name);
    if (tensor?.shape.join() === shape.join()) return { tensor, offset };
    const expected = `tensor ${name} of shape [${shape.join(", ")}]`;
    throw invalidData(source, "tensors", expected, tensor ? `shape [${tensor.shape.join(", ")}]` : "none");
  });
  if (tensors.length !== entries.length) {
    throw invalidData(source, "tensors", `${entries.length} tensors`, tensors.length);
  }
  const parameters = new Float32Array(size);
  for (const { tensor, offset } of found) {
    parameters.set(tensor.values, offset);
    const rounded = tensor.values.findIndex((value, i) => value !== parameters[offset + i]);
    if (rounded < 0) continue;
    const position = `tensor ${tensor.name}, element [${indexIn(tensor.shape, rounded).join(", ")}]`;
    throw invalidData(source, position, "a number that float32 has", tensor.values[rounded]);
  }
  return parameters;
}
