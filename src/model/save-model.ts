import { canonicalJson } from "../canonical-json.js";
import { writeSafetensors } from "../data/formats/safetensors.js";
import { layoutOf } from "../network/spec.js";
import type { Model } from "./model.js";
import { requireModel } from "./require-model.js";

/** The format's name in the metadata of a file. */
export const modelFormat = "fedscore-model-1";

/**
 * The bytes of model.safetensors: tensors in PyTorch's names and shapes, the rest as JSON in the metadata (docs/model.md). The same model
 * has the same bytes.
 * @throws ArgumentError, ArgumentTypeError for parameters that do not fit the network or are not finite, and for all that `loadModel` refuses.
 */
export function saveModel(model: Model): Uint8Array<ArrayBuffer> {
  const facts = requireModel(model);
  const { network, parameters } = model;
  const tensors = layoutOf(network).entries.map(({ name, shape, offset, length }) => ({
    name,
    shape,
    values: parameters.subarray(offset, offset + length),
  }));
  const metadata = Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, canonicalJson(value)]));
  return writeSafetensors(tensors, { format: modelFormat, ...metadata });
}
