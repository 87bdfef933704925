/**
 * What all contestants compute on: the same numbers from the same formula in every language, so that nothing large has to travel
 * between processes.
 */

/** float32 [count] in [-1, 1): a hash of the index and `salt`. contestants/pytorch.py has the same. */
export function values(count, salt) {
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++) out[i] = hash(i, salt) / 2147483648 - 1;
  return out;
}

/** uint32. */
function hash(index, salt) {
  let h = (Math.imul(index, 0x9e3779b1) ^ Math.imul(salt, 0x85ebca6b)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d) >>> 0;
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b) >>> 0;
  return (h ^ (h >>> 16)) >>> 0;
}

/** Number of noise features of every network here. */
export const featureCount = 32;

/** [d + 32, h, ..., h, d]: layer widths of the network of a training or sampling workload. */
export function widthsOf({ dimension, hidden, layers }) {
  return [dimension + featureCount, ...new Array(layers).fill(hidden), dimension];
}

/** One entry per layer: weight float32 [out, in] row-major, uniform with variance 1 / in; bias float32 [out] of zeros. */
export function initialLayers(params) {
  const widths = widthsOf(params);
  return widths.slice(1).map((fanOut, layer) => {
    const fanIn = widths[layer];
    const scale = Math.sqrt(3 / fanIn);
    const weight = values(fanIn * fanOut, 10 + layer).map((value) => value * scale);
    return { fanIn, fanOut, weight, bias: new Float32Array(fanOut) };
  });
}

/** Noise levels of the training workload. */
export const levelCount = 1000;
/** Data points of the training workload. */
export const pointCount = 4096;

/** The training workload's data, float32 [pointCount, d], and table of noise levels: alpha, sigma and float32 [levelCount, 32] features. */
export function trainingData({ dimension }) {
  const angle = Float64Array.from({ length: levelCount }, (_, k) => (Math.PI / 2) * ((k + 0.5) / levelCount));
  return {
    points: values(pointCount * dimension, 5),
    alpha: Float32Array.from(angle, Math.cos),
    sigma: Float32Array.from(angle, Math.sin),
    features: values(levelCount * featureCount, 6),
  };
}

/** The batch on which all contestants must agree: input float32 [batch, d + 32], target float32 [batch, d]. */
export function fixedBatch({ dimension, batch }) {
  return { input: values(batch * (dimension + featureCount), 3), target: values(batch * dimension, 4) };
}

/** 64 entries (or all, where there are fewer), evenly spaced: what is compared of a large result. */
export function spaced(array, count = 64) {
  const length = Math.min(count, array.length);
  return Array.from({ length }, (_, i) =>
    Number(array[Math.floor((i * (array.length - 1)) / Math.max(1, length - 1))]),
  );
}

/** [mean, mean square] of an array. */
export function moments(array) {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < array.length; i++) {
    sum += array[i];
    squares += array[i] * array[i];
  }
  return [sum / array.length, squares / array.length];
}
