import { inverseMaps, type Transform } from "../../data/transforms/index.js";
import type { GraphBuilder, ValueName } from "./graph.js";

/** Points in the space of the data, float32 [n, D], of those in the space of the network, [n, d]: these themselves where nothing is between them. */
export function inverseNodes(graph: GraphBuilder, transform: Transform, y: ValueName): ValueName {
  return inverseMaps(transform.toJSON(), "transform").reduce((value, { factors, isMatrix, center }, step) => {
    const { mean, rest } = center;
    const named = (part: string, values: Float32Array, ...rows: number[]) =>
      graph.tensor(`inverse.${step}.${part}`, values, [...rows, mean.length]);
    const scaled = isMatrix
      ? graph.apply("MatMul", [value, named("weight", factors, factors.length / mean.length)])
      : graph.apply("Mul", [value, named("scale", factors)]);
    // The finer part of a mean first, which would be lost beside the sum.
    const begun = rest ? graph.apply("Add", [scaled, named("rest", rest)]) : scaled;
    return graph.apply("Add", [begun, named("mean", mean)]);
  }, y);
}
