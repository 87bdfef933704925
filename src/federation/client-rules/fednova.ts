import { complete, member } from "../../family.js";
import { optimizers } from "../../network/optimizers/index.js";
import { createRate } from "../../network/rates/index.js";
import type { ClientRule } from "./client-rule.js";

/**
 * Updates are averaged per effective step. With a_i the weights with which a client's gradients enter its update, in units of the learning rate,
 * ||a_i||_1 is the number of steps for plain ones and (tau - rho (1 - rho^tau) / (1 - rho)) / (1 - rho) for tau steps with momentum rho; where the rate changes each
 * step counts by its factor. An update of Adam is no weighted sum of gradients: each of its steps is about as long as the learning rate, whatever
 * the gradients, so that steps are counted as plain ones are.
 */
export const fedNova = member({
  kind: "fednova",
  source: "Wang et al., arXiv 2007.07481, equations 8 to 10 and section 4",
  text: "Averages updates per local step, so that clients of many steps do not count for more; arXiv 2007.07481.",
  fields: {},
  create: (): ClientRule => ({
    begin: () => undefined,
    effectiveSteps(engine, { steps, round, training: { optimizer, rate } }) {
      const local = complete(optimizers, "training.optimizer", optimizer);
      const decay = local.kind === "momentum" ? local.momentum : 0;
      const factor = rate && createRate(engine, rate);
      let [total, velocity] = [0, 0];
      for (let step = 0; step < steps; step++) {
        velocity = decay * velocity + 1;
        total += (factor?.({ round, step, steps }) ?? 1) * velocity;
      }
      // Where the rate is 0 nobody moves.
      return total === 0 ? steps : total;
    },
  }),
});
