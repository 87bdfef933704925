import { transformFromJSON } from "../data/transforms/index.js";
import type { Engine } from "../kernels/index.js";
import { extract } from "../pruning/extract.js";
import type { Mask } from "../pruning/mask.js";
import type { Model } from "./model.js";
import { requireModel } from "./require-model.js";

/**
 * A model with the network that a client with this mask runs, which is smaller where whole neurons are left out: what `saveModel`, `toOnnx` and `sampleModel` take
 * for a device that cannot hold all of it.
 * @throws ArgumentError, ArgumentTypeError for a mask that does not fit the network, and as `saveModel`.
 */
export function prunedModel(engine: Engine, model: Model, mask: Mask): Model {
  requireModel(model);
  const submodel = extract(engine, model.network, model.parameters, mask);
  const transform = transformFromJSON(engine, model.transform.toJSON(), "model");
  return { ...model, transform, network: submodel.spec, parameters: submodel.parameters };
}
