import type { ParameterizationName } from "../../diffusion/parameterizations/index.js";
import type { NetworkSpec } from "../../network/spec.js";
import type { GraphBuilder, ValueName } from "./graph.js";

/** alpha and sigma of points, float32 [n, 1] each. */
interface Level {
  readonly alpha: ValueName;
  readonly sigma: ValueName;
}

/** How the output of a network becomes a denoised point, float32 [n, 1] each; cIn is 1 where it is absent. */
interface Coefficients {
  readonly cIn?: ValueName | undefined;
  readonly cSkip?: ValueName | undefined;
  readonly cOut?: ValueName | undefined;
}

/** The formulas of src/diffusion/parameterizations for levels that come with the points. What is absent of x0 is 0 and 1. */
const formulas: Readonly<
  Record<ParameterizationName, (graph: GraphBuilder, level: Level, sigmaData: number) => Coefficients>
> = {
  eps: (graph, { alpha, sigma }) => ({
    cSkip: graph.apply("Reciprocal", [alpha]),
    cOut: graph.apply("Neg", [graph.apply("Div", [sigma, alpha])]),
  }),
  x0: () => ({}),
  v: (graph, { alpha, sigma }) => ({ cSkip: alpha, cOut: graph.apply("Neg", [sigma]) }),
  score: (graph, { alpha, sigma }) => ({
    cSkip: graph.apply("Reciprocal", [alpha]),
    cOut: graph.apply("Div", [graph.apply("Mul", [sigma, sigma]), alpha]),
  }),
  edm(graph, { alpha, sigma }, sigmaData) {
    const signal = graph.apply("Mul", [alpha, graph.number(sigmaData)]);
    const square = (value: ValueName) => graph.apply("Mul", [value, value]);
    const variance = graph.apply("Add", [square(sigma), square(signal)]);
    const scale = graph.apply("Sqrt", [variance]);
    return {
      cIn: graph.apply("Reciprocal", [scale]),
      cSkip: graph.apply("Div", [graph.apply("Mul", [signal, graph.number(sigmaData)]), variance]),
      cOut: graph.apply("Div", [graph.apply("Mul", [sigma, graph.number(sigmaData)]), scale]),
    };
  },
  flow(graph, { alpha, sigma }) {
    const sum = graph.apply("Add", [alpha, sigma]);
    return {
      cSkip: graph.apply("Reciprocal", [sum]),
      cOut: graph.apply("Neg", [graph.apply("Div", [sigma, sum])]),
    };
  },
};

/** The denoised points of a network whose output for scaled points `output` gives: cSkip x + cOut F(cIn x). */
export function denoisedNodes(
  graph: GraphBuilder,
  { parameterization, sigmaData }: NetworkSpec,
  x: ValueName,
  level: Level,
  output: (points: ValueName) => ValueName,
): ValueName {
  return combined(graph, x, formulas[parameterization](graph, level, sigmaData), output);
}

/** The same with coefficients that are known; what is absent of cSkip is 0, of the others 1. */
export function combined(
  graph: GraphBuilder,
  x: ValueName,
  { cIn, cSkip, cOut }: Coefficients,
  output: (points: ValueName) => ValueName,
): ValueName {
  const product = (value: ValueName, factor?: ValueName) => (factor ? graph.apply("Mul", [value, factor]) : value);
  const out = product(output(product(x, cIn)), cOut);
  return cSkip === undefined ? out : graph.apply("Add", [graph.apply("Mul", [x, cSkip]), out]);
}
