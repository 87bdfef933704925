import { requireRestorable, type Transform } from "../data/transforms/index.js";
import { ArgumentError, requireFloats, requireMethods, requireNumbers, requireObject } from "../errors.js";
import { layoutOf } from "../network/spec.js";
import { type ModelFacts, readFacts, requireAgreement } from "./facts.js";
import type { Model, ModelTable } from "./model.js";

/**
 * What the metadata of a file say of a model, once it is one that `loadModel` would give back.
 * @throws ArgumentError, ArgumentTypeError for parameters that do not fit the network or are not finite, and for all that `loadModel` refuses.
 */
export function requireModel(model: Model): ModelFacts & { readonly transform: Transform } {
  const { name, network, parameters, schedule, transform, sampling, seed, ...others } = requireObject("model", model);
  const { imageShape, checksums, classCounts, table } = others;
  requireFloats("model.parameters", parameters, layoutOf(requireObject("model.network", network)).size);
  requireNumbers("model.parameters", parameters);
  const facts = {
    ...{ name, network, schedule, transform, sampling, seed },
    ...(imageShape && { imageShape }),
    ...(checksums && { checksums }),
    ...(classCounts && { classCounts }),
    ...(table && { table }),
  };
  requireAgreement(readFacts(facts), requireMethods("model.transform", transform, ["toJSON"]));
  requireRestorable("model.transform", transform.toJSON());
  return facts;
}

/** The table of a model. @throws ArgumentError for a model of vectors, and as `requireModel`. */
export function requireTableModel(model: Model): ModelTable {
  const { table, name } = requireModel(model);
  if (table) return table;
  throw new ArgumentError(
    "model.table",
    "must be there: the model is of vectors, not of a table, and knows no cells",
    name,
  );
}
