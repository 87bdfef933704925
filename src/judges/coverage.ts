import { countInBalls } from "./balls.js";
import { judge } from "./judge.js";
import { meanEstimate } from "./mean-estimate.js";

const k = 5;

/** Share of the data whose ball, up to their 5th nearest neighbour, holds a sample. The samples are held fixed in the interval. */
export const coverage = judge({
  name: "coverage",
  title: "Coverage of the data",
  source: "Naeem et al., arXiv 2002.09797, equation 5, k = 5",
  better: "higher",
  evaluate(engine, samples, data, { seed }) {
    const { holds } = countInBalls(engine, data, samples, k, seed);
    const covered = holds.map((points) => Math.min(points, 1));
    return meanEstimate(engine, covered, seed);
  },
});
