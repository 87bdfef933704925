import { ArgumentError } from "../../errors.js";
import { finiteImage, type Transform } from "./transform.js";

/** One transform after the other; `dimension` is that of the data, for the empty list, which changes nothing. */
export function compose(dimension: number, steps: readonly Transform[]): Transform {
  let width = dimension;
  steps.forEach((step, index) => {
    if (step.inputDimension !== width) {
      throw new ArgumentError(
        `steps[${index}].inputDimension`,
        `must be ${width}, what comes before it gives`,
        step.inputDimension,
      );
    }
    width = step.outputDimension;
  });
  const affine = composedAffine(dimension, steps);
  const backwards = [...steps].reverse();
  return {
    name: steps.map((step) => step.name).join(" + ") || "identity",
    inputDimension: dimension,
    outputDimension: width,
    explained: steps.reduce((product, step) => product * step.explained, 1),
    ...(affine && { affine }),
    forward: (points) => {
      const [first, ...others] = steps;
      const begun = first ? first.forward(points) : finiteImage("identity", Float32Array.from(points), dimension);
      return others.reduce((mapped, step) => step.forward(mapped), begun);
    },
    inverse: (points) =>
      backwards.reduce(
        (mapped, step) => step.inverse(mapped),
        steps.length > 0 ? points.slice() : finiteImage("identity", points.slice(), dimension),
      ),
    moments: (input) => steps.reduce((moments, step) => step.moments(moments), input),
    toJSON: () => ({ kind: "compose", dimension, steps: steps.map((step) => step.toJSON()) }),
  };
}

/** (x - shift) / scale of all steps together, where each is one: ((x - a) / b - c) / d = (x - (a + b c)) / (b d). */
function composedAffine(dimension: number, steps: readonly Transform[]): Transform["affine"] {
  let [shift, scale] = [new Float64Array(dimension), 1];
  for (const { affine } of steps) {
    if (!affine) return undefined;
    const before = scale;
    shift = shift.map((value, j) => value + before * affine.shift[j]);
    scale *= affine.scale;
  }
  return { shift, scale };
}
