import { linearBootstrap, percentileInterval } from "../divergence/bootstrap.js";
import { sharesOf } from "./class-shares.js";
import { type JudgedRows, judge } from "./judge.js";
import { replicates } from "./mean-estimate.js";

/**
 * Total variation between the shares of the classes that the classifier finds in samples and in data: the share of samples that would have to be of another
 * class. The interval is a bootstrap of the first-order expansion and holds the noise of the estimate, not its upward bias.
 */
export const classHistogram = judge({
  name: "classHistogram",
  title: "Class histogram, total variation",
  source: "Levin and Peres, Markov Chains and Mixing Times (2017), proposition 4.2",
  better: "lower",
  evaluate(engine, samples, data, { seed }) {
    const real = sharesOf(data);
    const differences = sharesOf(samples).map((share, place) => share - real[place]);
    const value = differences.reduce((sum, difference) => sum + Math.abs(difference), 0) / 2;
    const influences = ({ predicted }: JudgedRows, sign: number) =>
      Float64Array.from(predicted, (place) => (sign * Math.sign(differences[place])) / 2);
    const deviations = linearBootstrap(engine, [influences(samples, 1), influences(data, -1)], replicates, seed);
    const [low, high] = percentileInterval(deviations).map((deviation) => Math.min(1, Math.max(0, value + deviation)));
    return { value, low, high, details: { rowsA: samples.predicted.length, rowsB: data.predicted.length } };
  },
});
