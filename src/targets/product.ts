import { type Filled, member, type Problem } from "../family.js";
import { numbers } from "../fields.js";
import { isOne, mixtureTarget } from "./gaussian-mixture.js";
import { dimension, variances } from "./settings.js";
import type { Target } from "./target.js";

const fields = {
  dimension,
  means: numbers("[-1e15, 1e15]", [-1, 1], "Means of the components.", 1),
  weights: numbers("(0, 1]", [0.5, 0.5], "Weights of the components, summing to 1.", 1),
  variances: numbers(variances, [0.09, 0.09], "Variances of the components.", 1),
};

/**
 * The same one-dimensional Gaussian mixture in each of d independent coordinates: everything that is a sum over coordinates is exactly
 * linear in d. Labels: the component of the first coordinate.
 */
export const product = member({
  kind: "product",
  text: "The same one-dimensional Gaussian mixture in each of d independent coordinates.",
  fields,
  check: ({ means, weights, variances }) =>
    onePerMean("weights", weights, means) ?? onePerMean("variances", variances, means) ?? sumIsOne(weights),
  create: ({ dimension, means, weights, variances }): Target =>
    mixtureTarget("product", { dimension: 1, means: Float32Array.from(means), weights, variances }, dimension),
});

type Numbers = Filled<typeof fields>["weights"];

function onePerMean(key: "weights" | "variances", values: Numbers, means: Numbers): Problem | undefined {
  if (values.length === means.length) return undefined;
  const { absent } = fields[key];
  const isDefault = values.length === absent.length && values.every((value, index) => value === absent[index]);
  const rule = `must have ${means.length} entries, one for each mean${isDefault ? `: the default has ${absent.length}` : ""}`;
  return { path: [key], rule, value: values.length };
}

function sumIsOne(weights: Numbers): Problem | undefined {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return isOne(total) ? undefined : { path: ["weights"], rule: "must sum to 1", value: total };
}
