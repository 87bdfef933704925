import { FedscoreError } from "../../errors.js";
import { member } from "../../family.js";
import type { ClientRule } from "./client-rule.js";

/**
 * Each gradient g_i becomes g_i - c_i + c. The client's new control variate c_i is the mean of the gradients g_i of its local steps, which for plain
 * gradient steps of rate eta is option II of the paper, c_i - c + (x - y_i) / (K eta), and is known for every other local optimizer too.
 * The server's, c, is the mean of c_i over the clients that have kept the parameter: see controls.ts.
 */
export const scaffold = member({
  kind: "scaffold",
  source: "Karimireddy et al., arXiv 1910.06378, algorithm 1, option II",
  text: "Corrects the drift of clients by control variates; arXiv 1910.06378.",
  fields: {},
  create: (): ClientRule => ({
    controls: true,
    begin({ arena, kernels }, { controls, parameters: { length } }) {
      if (!controls) throw new FedscoreError("FEDSCORE_UNSUPPORTED", "scaffold came without control variates");
      const { own, mean } = controls;
      const correction = arena.floats(length).pointer;
      kernels.linearCombination(mean.pointer, 1, own.pointer, -1, length, correction);
      own.array.fill(0);
      return {
        correct: ({ gradient }) => kernels.addControlVariate(gradient, correction, own.pointer, length),
        end: ({ steps }) => kernels.linearCombination(own.pointer, 1 / steps, own.pointer, 0, length, own.pointer),
      };
    },
  }),
});
