/** Operations of one piece of work: multiply-adds x 2 of the matrix products in it. */
import { featureCount, widthsOf } from "./inputs.mjs";

export const gemmFlops = ({ rows, depth, columns }) => 2 * rows * depth * columns;

const productsOf = (params, points) => {
  const widths = widthsOf(params);
  return widths.slice(1).map((fanOut, layer) => 2 * fanOut * widths[layer] * points);
};

const total = (values) => values.reduce((sum, value) => sum + value, 0);

/** Of a training step: forward, gradients of all weights, gradients of all hidden layers. */
export function flopsOf(params) {
  const products = productsOf(params, params.batch);
  return 3 * total(products) - products[0];
}

/** Of sampling: the noise features are the same for all points of a step, so their product counts once. */
export function samplingFlops({ steps, count, ...params }) {
  const shared = 2 * params.hidden * featureCount * (count - 1);
  return steps.length * (total(productsOf(params, count)) - shared);
}
