import { member } from "../../family.js";
import { number } from "../../fields.js";
import type { ClientRule } from "./client-rule.js";

/**
 * A client descends F_k(w) + mu / 2 |w - w^t|^2, where w^t is what it starts from: on a pruned client, the parameters that it keeps.
 * The proximal gradient mu (w - w^t) is 0 in the first step. Plain gradient steps of rate eta need eta mu < 2, or they move away from w^t.
 */
export const fedProx = member({
  kind: "fedprox",
  source: "Li et al., Federated Optimization in Heterogeneous Networks, MLSys 2020, arXiv 1812.06127, equation 2",
  text: "Adds mu / 2 times the squared distance from the round's start to the client's loss; arXiv 1812.06127.",
  fields: { mu: number("[0, inf)", 0.01, "Weight of the proximal term; 0 is plain.") },
  create: ({ mu }): ClientRule => ({
    begin({ kernels }, { parameters: start }) {
      if (mu === 0) return undefined;
      return {
        correct: ({ parameters, gradient }) =>
          kernels.addProximalGradient(gradient, parameters, start.pointer, mu, start.length),
      };
    },
  }),
});
