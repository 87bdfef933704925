import { member } from "../../family.js";
import { adaptiveFields, type ServerOptimizer } from "./server-optimizer.js";

/**
 * m <- beta1 m + (1 - beta1) Delta, v <- v + Delta^2, x <- x + eta m / (sqrt(v) + epsilon); v starts at epsilon^2. Steps shrink as
 * squared updates add up.
 */
export const fedAdagrad = member({
  kind: "fedadagrad",
  source: "Reddi et al., arXiv 2003.00295, algorithm 2 (FedAdagrad); its tau is epsilon here",
  text: "Adagrad on the server; arXiv 2003.00295.",
  fields: adaptiveFields,
  create: ({ learningRate, beta1, epsilon }): ServerOptimizer => ({
    initialState: [0, epsilon * epsilon],
    step({ parameters, update, weights, state: [m, v] }) {
      for (let i = 0; i < parameters.length; i++) {
        if (!(weights[i] > 0)) continue;
        m[i] = beta1 * m[i] + (1 - beta1) * update[i];
        v[i] += update[i] * update[i];
        parameters[i] += (learningRate * m[i]) / (Math.sqrt(v[i]) + epsilon);
      }
    },
  }),
});
