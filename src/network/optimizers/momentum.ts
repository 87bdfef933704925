import { member } from "../../family.js";
import { number } from "../../fields.js";
import type { Engine } from "../../kernels/index.js";
import { learningRate, type Update } from "./optimizer.js";

export const momentum = member({
  kind: "momentum",
  text: "Gradient steps with momentum.",
  fields: {
    learningRate: learningRate(0.05),
    momentum: number("[0, 1)", 0.9, "Decay of the running sum of gradients."),
  },
  create({ learningRate, momentum }, engine: Engine, size: number): Update {
    const velocity = engine.arena.zeros(size).pointer;
    return (parameters, gradient, keep, scale, rate) =>
      engine.kernels.momentumStep(parameters, gradient, velocity, keep, scale, rate * learningRate, momentum, size);
  },
});
