import { requireNumber } from "../../errors.js";
import { isPositive, type ServerOptimizerFamily, type ServerOptimizerSpec } from "./server-optimizer.js";

type FedAvg = Extract<ServerOptimizerSpec, { readonly kind: "fedavg" }>;

/** x <- x + eta Delta; eta = 1 is plain averaging. */
export const fedAvg: ServerOptimizerFamily<FedAvg> = {
  source:
    "McMahan et al., arXiv 1602.05629, algorithm 1; server step size: Reddi et al., arXiv 2003.00295, algorithm 1",
  create(argument, { learningRate }) {
    requireNumber(`${argument}.learningRate`, learningRate, "must be positive and finite", isPositive);
    return {
      initialState: [],
      step({ parameters, update, weights }) {
        for (let i = 0; i < parameters.length; i++) {
          if (weights[i] > 0) parameters[i] += learningRate * update[i];
        }
      },
    };
  },
};
