import { requireNumber } from "../../errors.js";
import { isDecay, isPositive, type ServerOptimizerFamily, type ServerOptimizerSpec } from "./server-optimizer.js";

type FedAvgM = Extract<ServerOptimizerSpec, { readonly kind: "fedavgm" }>;

/** m <- beta m + Delta, x <- x + eta m. */
export const fedAvgM: ServerOptimizerFamily<FedAvgM> = {
  source: "Hsu, Qi and Brown, arXiv 1909.06335, section 4.3",
  create(argument, { learningRate, momentum }) {
    requireNumber(`${argument}.learningRate`, learningRate, "must be positive and finite", isPositive);
    requireNumber(`${argument}.momentum`, momentum, "must lie in [0, 1)", isDecay);
    return {
      initialState: [0],
      step({ parameters, update, weights, state: [m] }) {
        for (let i = 0; i < parameters.length; i++) {
          if (!(weights[i] > 0)) continue;
          m[i] = momentum * m[i] + update[i];
          parameters[i] += learningRate * m[i];
        }
      },
    };
  },
};
