import { judge } from "./judge.js";
import { meanEstimate } from "./mean-estimate.js";

/** Share of the samples that the classifier finds of the class that they were asked for; null where nobody asked for classes. */
export const conditionalAccuracy = judge({
  name: "conditionalAccuracy",
  title: "Conditional accuracy",
  source: "Ravuri and Vinyals, arXiv 1905.10887, with the roles of samples and data exchanged",
  better: "higher",
  evaluate(engine, { predicted, asked }, _data, { seed }) {
    if (!asked) return null;
    const hits = Float64Array.from(predicted, (place, row) => (place === asked[row] ? 1 : 0));
    return meanEstimate(engine, hits, seed);
  },
});
