import { member } from "../../family.js";
import type { Engine } from "../../kernels/index.js";
import { learningRate, type Update } from "./optimizer.js";

export const sgd = member({
  kind: "sgd",
  text: "Plain gradient steps.",
  fields: { learningRate: learningRate(0.1) },
  create:
    ({ learningRate }, { kernels }: Engine, size: number): Update =>
    (parameters, gradient, keep, scale, rate) =>
      kernels.sgdStep(parameters, gradient, keep, scale, rate * learningRate, size),
});
