import {
  conditionWidth,
  hasFilm,
  joinedLayers,
  type LinearMap,
  layoutOf,
  type NetworkSpec,
  normalizationEpsilon,
  normalizedWidths,
} from "../../network/spec.js";
import { activationNodes } from "./activations.js";
import type { GraphBuilder, ValueName } from "./graph.js";

/** What a network's output is asked for. */
export interface NetworkInputs {
  /** cIn x, float32 [n, d]. */
  readonly points: ValueName;
  /** Of the noise level, float32 [n, f], or [1, f] where all points have the same. */
  readonly features: ValueName;
  /** Of a network with classes: int64 [n], or [1] where all points have the same, K for none. */
  readonly classes?: ValueName | undefined;
}

/** Puts the output F of a network, float32 [n, d], into a graph, which may be inside of the one that has the parameters. */
export type NetworkNodes = (graph: GraphBuilder, inputs: NetworkInputs) => ValueName;

/** The columns [from, to) of a matrix. */
type Columns = readonly [from: number, to: number];

/**
 * A network's parameters as constants of a graph, with the names and shapes of model.safetensors, and what puts its output into that graph and those inside
 * it (docs/model.md, Network).
 */
export function networkNodes(outermost: GraphBuilder, spec: NetworkSpec, parameters: Float32Array): NetworkNodes {
  const { entries, maps, widths } = layoutOf(spec);
  for (const { name, offset, length, shape } of entries)
    outermost.tensor(name, parameters.subarray(offset, offset + length), shape);
  const part = ({ name, fanIn }: LinearMap, [from, to]: Columns): ValueName =>
    from === 0 && to === fanIn ? `${name}.weight` : columnsOf(outermost, `${name}.weight`, [from, to]);
  const layers = maps.filter(({ role }) => role === "layer");
  const entrances = hasFilm(spec)
    ? maps.filter(({ role }) => role !== "layer").map((map) => [map.name, part(map, [0, spec.noiseFeatures])] as const)
    : [];
  const byFeatures = new Map(entrances);
  const first = hasFilm(spec) ? undefined : layers[0];
  const ofPoints = first && part(first, [0, spec.dimension]);
  const ofFeatures = first && part(first, [spec.dimension, widths[0]]);
  const joined = joinedLayers(spec);
  const divisors = normalizedWidths(spec);

  return (graph, { points, features, classes }) => {
    const place = classes && columnOfClass(graph, spec, classes);
    const modulation = (role: "scale" | "shift", layer: number): ValueName => {
      const name = `${role}s.${layer}`;
      const weight = byFeatures.get(name) ?? `${name}.weight`;
      const level = linear(graph, features, weight, `${name}.bias`);
      if (place === undefined) return level;
      const own = graph.apply("Gather", [`${name}.weight`, place], { axis: 1 });
      return graph.apply("Add", [level, graph.apply("Transpose", [own], { perm: [1, 0] })]);
    };
    const modulated = (z: ValueName, layer: number): ValueName => {
      const n = spec.normalization === "rms" ? normalized(graph, z, divisors[layer]) : z;
      const gain = graph.apply("Add", [modulation("scale", layer), graph.number(1)]);
      return graph.apply("Add", [graph.apply("Mul", [n, gain]), modulation("shift", layer)]);
    };
    const sums = (h: ValueName, layer: number): ValueName => {
      const { name } = layers[layer];
      if (layer > 0 || ofPoints === undefined || ofFeatures === undefined)
        return linear(graph, h, `${name}.weight`, `${name}.bias`);
      const level = linear(graph, features, ofFeatures, `${name}.bias`);
      return graph.apply("Add", [linear(graph, h, ofPoints), level]);
    };
    let h = points;
    for (let layer = 0; layer < spec.hidden.length; layer++) {
      const z = sums(h, layer);
      const value = activationNodes[spec.activation](graph, hasFilm(spec) ? modulated(z, layer) : z);
      h = joined[layer] ? graph.apply("Add", [value, h]) : value;
    }
    return sums(h, spec.hidden.length);
  };
}

/** x W^T + b, as PyTorch's Linear. */
function linear(graph: GraphBuilder, x: ValueName, weight: ValueName, ...bias: readonly ValueName[]): ValueName {
  return graph.apply("Gemm", [x, weight, ...bias], { transB: 1 });
}

function columnsOf(graph: GraphBuilder, matrix: ValueName, [from, to]: Columns): ValueName {
  return graph.apply("Slice", [matrix, graph.integers(from), graph.integers(to), graph.integers(1)]);
}

/** Rows over their root mean square, whose mean is taken over so many numbers. */
function normalized(graph: GraphBuilder, z: ValueName, divisor: number): ValueName {
  const sum = graph.apply("ReduceSum", [graph.apply("Mul", [z, z]), graph.integers(1)]);
  const mean = graph.apply("Div", [sum, graph.number(divisor)]);
  const root = graph.apply("Sqrt", [graph.apply("Add", [mean, graph.number(normalizationEpsilon)])]);
  return graph.apply("Div", [z, root]);
}

/** Where the weights of each point's class are. A negative class is none of them, though Gather would count it from the end: it gets a place beyond all. */
function columnOfClass(graph: GraphBuilder, spec: NetworkSpec, classes: ValueName): ValueName {
  const place = graph.apply("Add", [classes, graph.integers(spec.noiseFeatures)]);
  const isNegative = graph.apply("Less", [classes, graph.integers(0)]);
  return graph.apply("Where", [isNegative, graph.integers(conditionWidth(spec)), place]);
}
