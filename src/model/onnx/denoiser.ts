import type { Model } from "../model.js";
import { featureNodes } from "./features.js";
import { GraphBuilder, type ValueName } from "./graph.js";
import { inverseNodes } from "./inverse.js";
import type { GraphParts, Value } from "./messages.js";
import { networkNodes } from "./network.js";
import { denoisedNodes } from "./preconditioning.js";

/** A number for each point of a call. */
export const points = "n";

/** The class of each point, of a network that has some. */
export function classInput(classes: number, none: string): Value {
  return { name: "class", type: "int64", shape: [points], text: `Class of each point, 0 to ${classes - 1}${none}.` };
}

/** The denoiser as a graph: x and log_snr, and class where there are some, to denoised, and denoised_data where a transform is between network and data. */
export function denoiserGraph({ network, parameters, transform }: Model): GraphParts {
  const { dimension, classes, noiseFeatures } = network;
  const graph = new GraphBuilder();
  const output = networkNodes(graph, network, parameters);
  const column = graph.apply("Unsqueeze", ["log_snr", graph.integers(1)]);
  const features = featureNodes(graph, column, noiseFeatures);
  const root = (value: ValueName) => {
    const ratio = graph.apply("Exp", [value]);
    return graph.apply("Reciprocal", [graph.apply("Sqrt", [graph.apply("Add", [ratio, graph.number(1)])])]);
  };
  const level = { alpha: root(graph.apply("Neg", [column])), sigma: root(column) };
  const denoised = denoisedNodes(graph, network, "x", level, (scaled) =>
    output(graph, { points: scaled, features, ...(classes !== undefined && { classes: "class" }) }),
  );
  graph.apply("Identity", [denoised], {}, "denoised");
  const inverse = inverseNodes(graph, transform, denoised);
  const isChanged = inverse !== denoised;
  if (isChanged) graph.apply("Identity", [inverse], {}, "denoised_data");
  const inputs: Value[] = [
    {
      name: "x",
      type: "float",
      shape: [points, dimension],
      text: "Noisy points in the space of the network, variance preserving: alpha x_0 + sigma z with alpha^2 + sigma^2 = 1.",
    },
    { name: "log_snr", type: "float", shape: [points], text: "log(alpha^2 / sigma^2) of each point." },
    ...(classes === undefined ? [] : [classInput(classes, `, or ${classes} for none`)]),
  ];
  const outputs: Value[] = [
    { name: "denoised", type: "float", shape: [points, dimension], text: "E[x_0 | x] in the space of the network." },
  ];
  if (isChanged) {
    const shape = [points, transform.inputDimension];
    outputs.push({ name: "denoised_data", type: "float", shape, text: "The same in the space of the data." });
  }
  return graph.parts("denoiser", inputs, outputs);
}
