import { requireNumber } from "../../errors.js";
import { isDecay, isPositive, type ServerOptimizerFamily, type ServerOptimizerSpec } from "./server-optimizer.js";

type FedAdam = Extract<ServerOptimizerSpec, { readonly kind: "fedadam" }>;

/** m <- beta1 m + (1 - beta1) Delta, v <- beta2 v + (1 - beta2) Delta^2, x <- x + eta m / (sqrt(v) + epsilon); v starts at epsilon^2. */
export const fedAdam: ServerOptimizerFamily<FedAdam> = {
  source: "Reddi et al., arXiv 2003.00295, algorithm 2 (FedAdam); its tau is epsilon here",
  create(argument, { learningRate, beta1, beta2, epsilon }) {
    requireNumber(`${argument}.learningRate`, learningRate, "must be positive and finite", isPositive);
    requireNumber(`${argument}.beta1`, beta1, "must lie in [0, 1)", isDecay);
    requireNumber(`${argument}.beta2`, beta2, "must lie in [0, 1)", isDecay);
    requireNumber(`${argument}.epsilon`, epsilon, "must be positive and finite", isPositive);
    return {
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
    };
  },
};
