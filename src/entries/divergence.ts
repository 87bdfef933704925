/**
 * "fedscore/divergence": distances between two samples, and judges that see them by a classifier, with confidence intervals.
 * @module fedscore/divergence
 */
export { energyDistance } from "../divergence/energy.js";
export { frechet } from "../divergence/frechet.js";
export {
  type Divergence,
  type DivergenceName,
  type DivergenceOptions,
  divergences,
  type Estimate,
} from "../divergence/index.js";
export { mmd } from "../divergence/mmd.js";
export { slicedWasserstein2 } from "../divergence/sliced-wasserstein.js";
export type { ClassifierOptions } from "../judges/classifier-fields.js";
export { type Classified, classify } from "../judges/classify.js";
export { type Judge, type JudgedRows, type JudgeName, judges } from "../judges/index.js";
export { type Classifier, trainClassifier } from "../judges/train-classifier.js";
