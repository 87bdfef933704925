import { member } from "../../family.js";
import { number } from "../../fields.js";
import { type ServerOptimizer, serverRate } from "./server-optimizer.js";

/** m <- beta m + Delta, x <- x + eta m. */
export const fedAvgM = member({
  kind: "fedavgm",
  source: "Hsu, Qi and Brown, arXiv 1909.06335, section 4.3",
  text: "FedAvg with server momentum; arXiv 1909.06335.",
  fields: {
    learningRate: serverRate(1),
    momentum: number("[0, 1)", 0.9, "Decay of the running sum of updates."),
  },
  create: ({ learningRate, momentum }): ServerOptimizer => ({
    initialState: [0],
    step({ parameters, update, weights, state: [m] }) {
      for (let i = 0; i < parameters.length; i++) {
        if (!(weights[i] > 0)) continue;
        m[i] = momentum * m[i] + update[i];
        parameters[i] += learningRate * m[i];
      }
    },
  }),
});
