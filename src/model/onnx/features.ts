import type { GraphBuilder, ValueName } from "./graph.js";

/** phi(log snr), [n, f], of log snr as [n, 1]. */
export function featureNodes(graph: GraphBuilder, logSnr: ValueName, count: number): ValueName {
  const omegas = frequencies(count);
  const angles = graph.apply("Mul", [logSnr, graph.tensor("frequencies", Float32Array.from(omegas), [omegas.length])]);
  return graph.apply("Concat", [graph.apply("Sin", [angles]), graph.apply("Cos", [angles])], { axis: 1 });
}

/** The same of one log snr, in numbers, as many as `count`. */
export function featuresAt(logSnr: number, count: number): number[] {
  const angles = frequencies(count).map((omega) => omega * logSnr);
  return [...angles.map(Math.sin), ...angles.map(Math.cos)];
}

/** omega_j = 16^(j / (m - 1)) / 8, j = 0 ... m - 1 with m half of the features. */
function frequencies(count: number): number[] {
  const m = count / 2;
  return Array.from({ length: m }, (_, j) => 16 ** (j / Math.max(m - 1, 1)) / 8);
}
