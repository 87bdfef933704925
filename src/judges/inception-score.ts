import { portableMath } from "../kernels/index.js";
import { classCount, judge } from "./judge.js";
import { meanEstimate } from "./mean-estimate.js";

/**
 * Inception Score: exp of the mean KL(p(class | row) || mean of p(class | row)), from 1 to the number of classes, over all samples at once. It does not
 * look at the data. The interval is that of the mean, whose first-order expansion has each row's KL as its influence.
 */
export const inceptionScore = judge({
  name: "inceptionScore",
  title: "Inception Score",
  source: "Salimans et al., arXiv 1606.03498, section 4, with the classifier in the place of Inception",
  better: "higher",
  evaluate(engine, samples, _data, { seed }) {
    const { exp, log } = portableMath(engine);
    const { probabilities, predicted } = samples;
    const classes = classCount(samples);
    const mean = new Float64Array(classes);
    probabilities.forEach((p, at) => {
      mean[at % classes] += p / predicted.length;
    });
    const logMean = mean.map((p) => (p > 0 ? log(p) : 0));
    const kl = Float64Array.from(predicted, (_, row) => {
      let sum = 0;
      for (let k = 0; k < classes; k++) {
        const p = probabilities[row * classes + k];
        if (p > 0) sum += p * (log(p) - logMean[k]);
      }
      return sum;
    });
    const { value, low, high, details } = meanEstimate(engine, kl, seed);
    return { value: exp(value), low: exp(low), high: exp(high), details };
  },
});
