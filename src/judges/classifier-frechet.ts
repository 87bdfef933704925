import { frechet } from "../divergence/frechet.js";
import { judge } from "./judge.js";

/**
 * The squared Frechet distance between Gaussians fitted to the features of samples and data: the formula of the FID (equation 6), on the features of
 * this classifier and not of Inception-v3, so that its values stand beside those of the same classifier only.
 */
export const classifierFrechet = judge({
  name: "classifierFrechet",
  title: "Fréchet distance of features, squared",
  source: "Heusel et al., arXiv 1706.08500, equation 6, with other features",
  better: "lower",
  evaluate(engine, samples, data, options) {
    const { featureWidth } = samples;
    const root = frechet.evaluate(engine, samples.features, data.features, featureWidth, options);
    return { value: root.value ** 2, low: root.low ** 2, high: root.high ** 2, details: root.details };
  },
});
