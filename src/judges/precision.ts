import { countInBalls } from "./balls.js";
import { judge } from "./judge.js";
import { meanEstimate } from "./mean-estimate.js";

const k = 3;

/** Share of the samples that lie near the data: in the ball of some row of data, up to its 3rd nearest neighbour. The data are held fixed in the interval. */
export const precision = judge({
  name: "precision",
  title: "Precision",
  source: "Kynkaanniemi et al., arXiv 1904.06991, equation 2, k = 3",
  better: "higher",
  evaluate(engine, samples, data, { seed }) {
    const { around } = countInBalls(engine, data, samples, k, seed);
    const inside = around.map((balls) => Math.min(balls, 1));
    return meanEstimate(engine, inside, seed);
  },
});
