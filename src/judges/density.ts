import { countInBalls } from "./balls.js";
import { judge } from "./judge.js";
import { meanEstimate } from "./mean-estimate.js";

const k = 5;

/**
 * How many balls of the data a sample lies in, over 5, on average: 1 for samples of the data's own law, more where samples crowd where the data are
 * dense. The data are held fixed in the interval.
 */
export const density = judge({
  name: "density",
  title: "Density",
  source: "Naeem et al., arXiv 2002.09797, equation 4, k = 5",
  better: "higher",
  evaluate(engine, samples, data, { seed }) {
    const { around } = countInBalls(engine, data, samples, k, seed);
    return meanEstimate(
      engine,
      around.map((balls) => balls / k),
      seed,
    );
  },
});
