import { member } from "../../family.js";
import { number } from "../../fields.js";
import { adaptiveFields, type ServerOptimizer } from "./server-optimizer.js";

/**
 * m <- beta1 m + (1 - beta1) Delta, v <- v - (1 - beta2) Delta^2 sign(v - Delta^2), x <- x + eta m / (sqrt(v) + epsilon); v starts at
 * epsilon^2. Where updates shrink, v falls more slowly than that of FedAdam.
 */
export const fedYogi = member({
  kind: "fedyogi",
  source: "Reddi et al., arXiv 2003.00295, algorithm 2 (FedYogi); its tau is epsilon here",
  text: "Yogi on the server; arXiv 2003.00295.",
  fields: {
    ...adaptiveFields,
    beta2: number("[0, 1)", 0.99, "1 minus the share of a squared update that the mean square moves by."),
  },
  create: ({ learningRate, beta1, beta2, epsilon }): ServerOptimizer => ({
    initialState: [0, epsilon * epsilon],
    step({ parameters, update, weights, state: [m, v] }) {
      for (let i = 0; i < parameters.length; i++) {
        if (!(weights[i] > 0)) continue;
        const square = update[i] * update[i];
        m[i] = beta1 * m[i] + (1 - beta1) * update[i];
        v[i] -= (1 - beta2) * square * Math.sign(v[i] - square);
        parameters[i] += (learningRate * m[i]) / (Math.sqrt(v[i]) + epsilon);
      }
    },
  }),
});
