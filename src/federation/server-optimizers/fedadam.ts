import { member } from "../../family.js";
import { number } from "../../fields.js";
import { adaptiveFields, type ServerOptimizer } from "./server-optimizer.js";

/**
 * m <- beta1 m + (1 - beta1) Delta, v <- beta2 v + (1 - beta2) Delta^2, x <- x + eta m / (sqrt(v) + epsilon); v starts at
 * epsilon^2. The largest step is about eta / epsilon times the update.
 */
export const fedAdam = member({
  kind: "fedadam",
  source: "Reddi et al., arXiv 2003.00295, algorithm 2 (FedAdam); its tau is epsilon here",
  text: "Adam on the server; arXiv 2003.00295.",
  fields: {
    ...adaptiveFields,
    beta2: number("[0, 1)", 0.99, "Decay of the mean of squared updates."),
  },
  create: ({ learningRate, beta1, beta2, epsilon }): ServerOptimizer => ({
    initialState: [0, epsilon * epsilon],
    step({ parameters, update, weights, state: [m, v] }) {
      for (let i = 0; i < parameters.length; i++) {
        if (!(weights[i] > 0)) continue;
        const delta = update[i];
        m[i] = beta1 * m[i] + (1 - beta1) * delta;
        v[i] = beta2 * v[i] + (1 - beta2) * (delta * delta);
        parameters[i] += (learningRate * m[i]) / (Math.sqrt(v[i]) + epsilon);
      }
    },
  }),
});
