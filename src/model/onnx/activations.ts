import type { Activation } from "../../network/network-fields.js";
import type { GraphBuilder, ValueName } from "./graph.js";

/** Each activation in ONNX's operators. */
export const activationNodes: Readonly<Record<Activation, (graph: GraphBuilder, z: ValueName) => ValueName>> = {
  silu: (graph, z) => graph.apply("Mul", [z, graph.apply("Sigmoid", [z])]),
  relu: (graph, z) => graph.apply("Relu", [z]),
  gelu(graph, z) {
    const square = graph.apply("Mul", [z, z]);
    const slope = graph.apply("Add", [graph.apply("Mul", [square, graph.number(0.044715)]), graph.number(1)]);
    const angle = graph.apply("Mul", [graph.apply("Mul", [z, slope]), graph.number(Math.sqrt(2 / Math.PI))]);
    const gate = graph.apply("Add", [graph.apply("Tanh", [angle]), graph.number(1)]);
    return graph.apply("Mul", [graph.apply("Mul", [z, gate]), graph.number(0.5)]);
  },
  tanh: (graph, z) => graph.apply("Tanh", [z]),
};
