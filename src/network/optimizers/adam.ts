import { member } from "../../family.js";
import { number } from "../../fields.js";
import type { Engine } from "../../kernels/index.js";
import { learningRate, type Update } from "./optimizer.js";

export const adam = member({
  kind: "adam",
  source: "Kingma and Ba, arXiv 1412.6980, algorithm 1; weight decay: Loshchilov and Hutter, arXiv 1711.05101",
  text: "Adam, arXiv 1412.6980.",
  fields: {
    learningRate: learningRate(0.001),
    beta1: number("[0, 1)", 0.9, "Decay of the mean of gradients."),
    beta2: number("[0, 1)", 0.999, "Decay of the mean of squared gradients."),
    epsilon: number("(0, inf)", 1e-8, "Added to the root of the mean square."),
    weightDecay: number("[0, inf)", 0, "Decoupled weight decay (AdamW)."),
  },
  create({ learningRate, beta1, beta2, epsilon, weightDecay }, engine: Engine, size: number): Update {
    const first = engine.arena.zeros(size).pointer;
    const second = engine.arena.zeros(size).pointer;
    // Powers by repeated multiplication: the same bits in every JavaScript engine, as pow would not give.
    let power1 = 1;
    let power2 = 1;
    return (parameters, gradient, keep, scale, rate) => {
      const step = rate * learningRate;
      power1 *= beta1;
      power2 *= beta2;
      engine.kernels.adamStep(
        parameters,
        gradient,
        first,
        second,
        keep,
        scale,
        beta1,
        beta2,
        step / (1 - power1),
        1 / Math.sqrt(1 - power2),
        epsilon,
        1 - step * weightDecay,
        size,
      );
    };
  },
});
