import { number } from "../../fields.js";
import { AdaptiveFlow } from "../adaptive-flow.js";
import { type FlowSampler, settledSampler } from "../sampler.js";

/** Least tolerance: denoisers are float32. */
const range = "[1e-7, 1]";

/**
 * The probability flow by Runge-Kutta of orders 5 and 4 (Dormand and Prince), which makes its steps as long as the tolerance of each allows: rtol |x| + atol, in the root
 * mean square over coordinates. Song et al., arXiv 2011.13456, appendix D.4.
 */
export const rk45 = settledSampler({
  kind: "rk45",
  text: "The probability flow by Runge-Kutta of orders 5 and 4 (Dormand and Prince), with steps of its own between the times of the grid; Song et al., arXiv 2011.13456, appendix D.4.",
  fields: {
    rtol: number(range, 1e-5, "Error of a step that is tolerated, as a share of the state."),
    atol: number(range, 1e-5, "Error of a step that is tolerated beside that, in units of the state."),
  },
  create: ({ rtol, atol }): FlowSampler => ({
    name: "rk45",
    source: "Song et al., arXiv 2011.13456, appendix D.4; Dormand and Prince (1980)",
    order: 5,
    open(room) {
      const flow = new AdaptiveFlow(room, { relative: rtol, absolute: atol });
      return (move) => flow.move(move);
    },
  }),
});
