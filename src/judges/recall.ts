import { countInBalls } from "./balls.js";
import { judge } from "./judge.js";
import { meanEstimate } from "./mean-estimate.js";

const k = 3;

/** Share of the data that lie near the samples: in the ball of some sample, up to its 3rd nearest neighbour. The samples are held fixed in the interval. */
export const recall = judge({
  name: "recall",
  title: "Recall",
  source: "Kynkaanniemi et al., arXiv 1904.06991, equation 2, k = 3",
  better: "higher",
  evaluate(engine, samples, data, { seed }) {
    const { around } = countInBalls(engine, samples, data, k, seed);
    const inside = around.map((balls) => Math.min(balls, 1));
    return meanEstimate(engine, inside, seed);
  },
});
