/**
 * TensorFlow.js, WebAssembly backend (SIMD, one thread), around its slow paths: only matrix products and SiLU are the
 * library's. Backward pass, Adam, transpositions and noise are JavaScript on views of the backend's memory, because the
 * library has slow kernels for products with a transposed operand, for tf.transpose and for tf.randomNormal, and an
 * overhead for each of many small operations.
 */
import { setThreadsCount, version_wasm } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import {
  featureCount,
  fixedBatch,
  initialLayers,
  levelCount,
  moments,
  pointCount,
  spaced,
  trainingData,
  values,
} from "../harness/inputs.mjs";
import { gemmWorkload, inputMajor, useBackend } from "./tfjs-shared.mjs";

setThreadsCount(1);
await useBackend("wasm");

export const versions = { "@tensorflow/tfjs-core": tf.version_core, "@tensorflow/tfjs-backend-wasm": version_wasm };
export const workloads = {
  gemm: gemmWorkload((a, b, { transposeA, transposeB }) =>
    tf.matMul(transposeA ? transposed(a) : a, transposeB ? transposed(b) : b),
  ),
  trainingStep,
  sampling,
};

/** A tensor of unset content. */
function unset(shape) {
  return tf.engine().makeTensorFromTensorInfo(tf.backend().makeOutput(shape, "float32"));
}

/** The tensor's memory; valid until the backend's memory grows. */
function view(tensor) {
  return tf.backend().typedArrayFromHeap(tensor);
}

/** The transpose of a matrix, with `onesRows` rows of ones below. */
function transposed(matrix, onesRows = 0) {
  const block = 16;
  const [rows, columns] = matrix.shape;
  const result = unset([columns + onesRows, rows]);
  const from = view(matrix);
  const to = view(result);
  for (let rowBegin = 0; rowBegin < rows; rowBegin += block) {
    const rowEnd = Math.min(rows, rowBegin + block);
    for (let begin = 0; begin < columns; begin += block) {
      const end = Math.min(columns, begin + block);
      for (let column = begin; column < end; column++) {
        for (let row = rowBegin; row < rowEnd; row++) to[column * rows + row] = from[row * columns + column];
      }
    }
  }
  to.fill(1, columns * rows);
  return result;
}

/** Normals by the ziggurat method of Marsaglia and Tsang, 128 layers, from a 32-bit xorshift of period 2^128 - 1. */
class Normals {
  #tail = 3.442619855899;
  #state = Array.from({ length: 4 }, () => (Math.random() * 4294967296) | 1);
  #limit = new Int32Array(128);
  #scale = new Float64Array(128);
  #density = new Float64Array(128);

  constructor() {
    const area = 9.91256303526217e-3;
    const unit = 2 ** 24;
    const edges = [area / Math.exp(-0.5 * this.#tail ** 2), this.#tail];
    while (edges.length < 128) {
      const edge = edges[edges.length - 1];
      edges.push(Math.sqrt(-2 * Math.log(area / edge + Math.exp(-0.5 * edge * edge))));
    }
    edges.push(0);
    for (let layer = 0; layer < 128; layer++) {
      this.#limit[layer] = (edges[layer + 1] / edges[layer]) * unit;
      this.#scale[layer] = edges[layer] / unit;
      this.#density[layer] = Math.exp(-0.5 * edges[layer + 1] ** 2);
    }
  }

  fill(out) {
    const [limit, scale] = [this.#limit, this.#scale];
    let [a, b, c, d] = this.#state;
    for (let i = 0; i < out.length; ) {
      d ^= d << 11;
      d ^= (d >>> 8) ^ a ^ (a >>> 19);
      [a, b, c, d] = [d, a, b, c];
      const layer = a & 127;
      const signed = a >> 7;
      const x = signed * scale[layer];
      if (Math.abs(signed) < limit[layer]) out[i++] = x;
      else if (layer === 0) out[i++] = Math.sign(signed) * this.#beyondTail();
      else if (this.#underCurve(layer, x)) out[i++] = x;
    }
    this.#state = [a, b, c, d];
  }

  /** Whether a point of uniform height in the layer at x is below the density. */
  #underCurve(layer, x) {
    const below = this.#density[layer - 1];
    return below + Math.random() * (this.#density[layer] - below) < Math.exp(-0.5 * x * x);
  }

  #beyondTail() {
    for (;;) {
      const x = -Math.log(1 - Math.random()) / this.#tail;
      if (-2 * Math.log(1 - Math.random()) > x * x) return this.#tail + x;
    }
  }
}

const noise = new Normals();

/** SiLU of a layer's sums: [value, sigmoid]. */
function silu(sums) {
  const sigmoid = tf.sigmoid(sums);
  return [tf.mul(sums, sigmoid), sigmoid];
}

/** MLP whose weights are new tensors after each step: the backend packs a right operand once for each tensor. */
class Training {
  #step = 0;

  constructor(params) {
    this.layers = initialLayers(params).map((layer) => ({
      weight: tf.tensor2d(inputMajor(layer), [layer.fanIn, layer.fanOut]),
      bias: tf.tensor1d(layer.bias),
      weightMoments: [new Float32Array(layer.weight.length), new Float32Array(layer.weight.length)],
      biasMoments: [new Float32Array(layer.fanOut), new Float32Array(layer.fanOut)],
    }));
  }

  /** One step; the loss before it. */
  step(input, target) {
    return tf.tidy(() => {
      const { layers } = this;
      const last = layers.length - 1;
      this.#step++;
      const activations = [input];
      const sigmoids = [];
      for (const { weight, bias } of layers.slice(0, last)) {
        const [value, sigmoid] = silu(tf.fused.matMul({ a: activations.at(-1), b: weight, bias }));
        activations.push(value);
        sigmoids.push(sigmoid);
      }
      const output = tf.fused.matMul({ a: activations[last], b: layers[last].weight, bias: layers[last].bias });
      const loss = lossAndGradient(output, target);
      let gradient = output;
      for (let index = last; index >= 0; index--) {
        const parameters = tf.matMul(transposed(activations[index], 1), gradient);
        if (index > 0) {
          const below = timesTransposed(gradient, layers[index].weight);
          throughSilu(view(below), view(activations[index]), view(sigmoids[index - 1]));
          gradient = below;
        }
        this.#update(layers[index], parameters);
      }
      return loss;
    });
  }

  /** @param gradient that of the weight, and below that of the bias. */
  #update(layer, gradient) {
    const { weight, bias } = layer;
    layer.weight = tf.keep(unset(weight.shape));
    layer.bias = tf.keep(unset(bias.shape));
    const all = view(gradient);
    adam(view(weight), view(layer.weight), all, layer.weightMoments, this.#step);
    adam(view(bias), view(layer.bias), all.subarray(weight.size), layer.biasMoments, this.#step);
    tf.dispose([weight, bias]);
  }

  dispose() {
    for (const { weight, bias } of this.layers) tf.dispose([weight, bias]);
  }
}

/** gradient times the transpose of weight. Packing a right operand is slow, so the smaller matrix should be that. */
function timesTransposed(gradient, weight) {
  const [batch] = gradient.shape;
  if (2 * batch > Math.min(...weight.shape)) return tf.matMul(gradient, transposed(weight));
  return transposed(tf.matMul(weight, transposed(gradient)));
}

/** Returns the mean squared error and puts its gradient in the place of the output. */
function lossAndGradient(output, target) {
  const out = view(output);
  const wanted = view(target);
  let sum = 0;
  for (let i = 0; i < out.length; i++) {
    const difference = out[i] - wanted[i];
    sum += difference * difference;
    out[i] = (2 / out.length) * difference;
  }
  return sum / out.length;
}

/** Turns the gradient of SiLU's values into that of its arguments. */
function throughSilu(gradient, activation, sigmoid) {
  for (let i = 0; i < gradient.length; i++) {
    const s = sigmoid[i];
    gradient[i] *= s + activation[i] * (1 - s);
  }
}

function adam(old, updated, gradient, [first, second], step) {
  const rate = (1e-3 * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step);
  const epsilon = 1e-8 * Math.sqrt(1 - 0.999 ** step);
  for (let i = 0; i < old.length; i++) {
    const g = gradient[i];
    const m = first[i] + 0.1 * (g - first[i]);
    const v = second[i] + 0.001 * (g * g - second[i]);
    first[i] = m;
    second[i] = v;
    updated[i] = old[i] - (rate * m) / (Math.sqrt(v) + epsilon);
  }
}

async function trainingStep(params) {
  const { dimension, batch } = params;
  const width = dimension + featureCount;
  const { points, features, alpha, sigma } = trainingData(params);
  const training = new Training(params);
  const input = tf.zeros([batch, width]);
  const target = tf.zeros([batch, dimension]);
  const drawBatch = () => {
    const x = view(input);
    const z = view(target);
    noise.fill(z);
    for (let row = 0; row < batch; row++) {
      const point = Math.floor(Math.random() * pointCount) * dimension;
      const level = Math.floor(Math.random() * levelCount);
      const [a, s] = [alpha[level], sigma[level]];
      const begin = row * width;
      for (let j = 0; j < dimension; j++) x[begin + j] = a * points[point + j] + s * z[row * dimension + j];
      for (let j = 0; j < featureCount; j++) x[begin + dimension + j] = features[level * featureCount + j];
    }
  };
  return {
    run() {
      drawBatch();
      training.step(input, target);
    },
    check() {
      const fresh = new Training(params);
      const fixed = fixedBatch(params);
      const inputs = tf.tensor2d(fixed.input, [batch, width]);
      const targets = tf.tensor2d(fixed.target, [batch, dimension]);
      const losses = Array.from({ length: 4 }, () => fresh.step(inputs, targets));
      tf.dispose([inputs, targets]);
      fresh.dispose();
      return losses;
    },
    close() {
      tf.dispose([input, target]);
      training.dispose();
    },
  };
}

/** Rows sampled together: few enough that their activations stay in the cache. */
const chunk = 1000;

async function sampling(params) {
  const { dimension, count, steps, features } = params;
  const [first, ...others] = initialLayers(params).map((layer) => ({
    weight: tf.tensor2d(inputMajor(layer), [layer.fanIn, layer.fanOut]),
    bias: tf.tensor1d(layer.bias),
  }));
  const fromX = tf.slice(first.weight, [0, 0], [dimension, -1]);
  const fromFeatures = tf.slice(first.weight, [dimension, 0]);
  const featureRows = tf.tensor2d(features);

  /** What the features of each step add to the first layer's sums, float32 [steps, h]. */
  const featureSums = () => {
    const sums = tf.fused.matMul({ a: featureRows, b: fromFeatures, bias: first.bias });
    const result = sums.dataSync();
    sums.dispose();
    return result;
  };
  const noiseOf = (x, sums, level) => {
    const width = first.bias.size;
    const bias = tf.tensor1d(sums.subarray(level * width, (level + 1) * width));
    return others.reduce(
      (z, { weight, bias }) => tf.fused.matMul({ a: silu(z)[0], b: weight, bias }),
      tf.fused.matMul({ a: x, b: fromX, bias }),
    );
  };
  const sample = () => {
    const sums = featureSums();
    const result = new Float32Array(count * dimension);
    for (let begin = 0; begin < count; begin += chunk) {
      const x = tf.zeros([Math.min(chunk, count - begin), dimension]);
      const fresh = new Float32Array(x.size);
      noise.fill(view(x));
      for (const [level, step] of steps.entries()) {
        tf.tidy(() => {
          const eps = noiseOf(x, sums, level);
          noise.fill(fresh);
          advance(view(x), view(eps), fresh, step);
        });
      }
      result.set(view(x), begin * dimension);
      x.dispose();
    }
    return result;
  };
  return {
    run: sample,
    check() {
      const eps = tf.tidy(() =>
        noiseOf(tf.tensor2d(values(count * dimension, 7), [count, dimension]), featureSums(), 0),
      );
      const result = [...spaced(eps.dataSync()), ...moments(sample())];
      eps.dispose();
      return result;
    },
    close() {
      tf.dispose([fromX, fromFeatures, featureRows]);
      for (const { weight, bias } of [first, ...others]) tf.dispose([weight, bias]);
    },
  };
}

function advance(x, eps, z, { x: keep, eps: drift, noise: spread }) {
  for (let i = 0; i < x.length; i++) x[i] = keep * x[i] + drift * eps[i] + spread * z[i];
}
