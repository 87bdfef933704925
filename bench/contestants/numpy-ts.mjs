/**
 * numpy-ts: float32 arrays in its WebAssembly memory, its kernels for products, elementwise functions and normals,
 * intermediates disposed at once. Where it has no kernel (transposed operands, broadcasting) or calls cost more than
 * the work (backward pass of SiLU, Adam on few parameters), JavaScript loops over the arrays' memory are used. Hidden
 * layers hold negated values, which saves the negation in SiLU: with n = -z and d = 1 + exp(n), silu(z) = -(n / d).
 */
import * as np from "numpy-ts";
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

export const versions = { "numpy-ts": np.__version__ };
export const workloads = { gemm, trainingStep, normals, sampling };

const generator = np.random.default_rng();

/** float32 array of that shape and content. */
function arrayOf(content, shape) {
  const array = np.empty(shape, "float32");
  array.data.set(content);
  return array;
}

/** Writes `sign` times the transpose of a row-major [rows, columns] matrix. */
function transpose(from, rows, columns, to, sign = 1) {
  const block = 16;
  for (let rowBegin = 0; rowBegin < rows; rowBegin += block) {
    const rowEnd = Math.min(rows, rowBegin + block);
    for (let begin = 0; begin < columns; begin += block) {
      const end = Math.min(columns, begin + block);
      for (let column = begin; column < end; column++) {
        for (let row = rowBegin; row < rowEnd; row++) to[column * rows + row] = sign * from[row * columns + column];
      }
    }
  }
}

/** Fills a typed array with normals, in portions that stay in the cache. */
function fillNormals(out) {
  const portion = 8192;
  for (let begin = 0; begin < out.length; begin += portion) {
    const drawn = generator.standard_normal([Math.min(portion, out.length - begin)]);
    out.set(drawn.data, begin);
    drawn.dispose();
  }
}

/** Repeats `row` over all rows of `matrix`. */
function fillRows(matrix, row) {
  const out = matrix.data;
  for (let begin = 0; begin < out.length; begin += row.length) out.set(row, begin);
}

function disposeAll(arrays) {
  for (const array of arrays) array.dispose();
}

/** operation(array, operand), with `array` disposed. */
function replaced(array, operation, operand) {
  const result = operation(array, operand);
  array.dispose();
  return result;
}

async function gemm({ rows, depth, columns, transposeA, transposeB }) {
  const a = arrayOf(values(rows * depth, 1), transposeA ? [depth, rows] : [rows, depth]);
  const b = arrayOf(values(depth * columns, 2), transposeB ? [columns, depth] : [depth, columns]);
  const left = transposeA ? np.empty([rows, depth], "float32") : a;
  const right = transposeB ? np.empty([depth, columns], "float32") : b;
  const product = () => {
    if (transposeA) transpose(a.data, depth, rows, left.data);
    if (transposeB) transpose(b.data, columns, depth, right.data);
    return np.matmul(left, right);
  };
  return {
    run: () => product().dispose(),
    check() {
      const c = product();
      const result = spaced(c.data);
      c.dispose();
      return result;
    },
    close: () => disposeAll(new Set([a, b, left, right])),
  };
}

async function normals({ count }) {
  const out = np.empty([count], "float32");
  return {
    run: () => fillNormals(out.data),
    check() {
      fillNormals(out.data);
      return moments(out.data);
    },
    close: () => out.dispose(),
  };
}

/** Negated SiLU of negated sums n: [its value -silu(-n), 1 + exp(n)]. */
function silu(sums) {
  const divisor = replaced(np.exp(sums), np.add, 1);
  return [np.divide(sums, divisor), divisor];
}

/** Negated sums of a hidden layer from the negated values below it. */
function negatedSums(below, weight, biasRows) {
  return replaced(np.matmul(below, weight), np.subtract, biasRows);
}

/** Weight [in, out] and bias of a layer. */
function inputMajor({ fanIn, fanOut, weight, bias }) {
  const array = np.empty([fanIn, fanOut], "float32");
  transpose(weight, fanOut, fanIn, array.data);
  return { fanIn, fanOut, weight: array, bias: arrayOf(bias, [fanOut]) };
}

/** A network, its optimizer and what a step needs for a batch of given size. */
class Training {
  #step = 0;

  constructor(params) {
    const { batch } = params;
    this.batch = batch;
    this.layers = initialLayers(params).map((initial) => {
      const { fanIn, fanOut } = initial;
      return {
        ...inputMajor(initial),
        biasRows: np.empty([batch, fanOut], "float32"),
        transposedWeight: np.empty([fanOut, fanIn], "float32"),
        transposedInput: np.empty([fanIn, batch], "float32"),
        weightMoments: [np.zeros([fanIn, fanOut], "float32"), np.zeros([fanIn, fanOut], "float32")],
        biasMoments: [np.zeros([fanOut], "float32"), np.zeros([fanOut], "float32")],
      };
    });
  }

  /** One step on a negated input; the loss before it. Disposes neither argument. */
  step(input, target) {
    const { batch, layers } = this;
    const last = layers.length - 1;
    this.#step++;
    const hidden = [];
    let below = input;
    for (const { weight, bias, biasRows } of layers.slice(0, last)) {
      fillRows(biasRows, bias.data);
      const sums = negatedSums(below, weight, biasRows);
      const [value, divisor] = silu(sums);
      hidden.push({ sums, value, divisor });
      below = value;
    }
    let gradient = np.matmul(below, layers[last].weight);
    const loss = lossAndGradient(gradient.data, layers[last].bias.data, target.data);
    for (let index = last; index >= 0; index--) {
      const layer = layers[index];
      const { fanIn, fanOut, weight, bias, transposedWeight, transposedInput } = layer;
      const source = index > 0 ? hidden[index - 1].value : input;
      transpose(source.data, batch, fanIn, transposedInput.data, -1);
      const ofWeight = np.matmul(transposedInput, gradient);
      const ofBias = np.sum(gradient, 0);
      let next;
      if (index > 0) {
        transpose(weight.data, fanIn, fanOut, transposedWeight.data);
        next = np.matmul(gradient, transposedWeight);
        throughSilu(next.data, hidden[index - 1].sums.data, hidden[index - 1].divisor.data);
      }
      layer.weight = adam(weight, ofWeight, layer.weightMoments, this.#step);
      layer.bias = adam(bias, ofBias, layer.biasMoments, this.#step);
      disposeAll([ofWeight, ofBias, gradient]);
      gradient = next;
    }
    for (const { sums, value, divisor } of hidden) disposeAll([sums, value, divisor]);
    return loss;
  }

  dispose() {
    for (const layer of this.layers) {
      const { weight, bias, biasRows, transposedWeight, transposedInput, weightMoments, biasMoments } = layer;
      disposeAll([weight, bias, biasRows, transposedWeight, transposedInput, ...weightMoments, ...biasMoments]);
    }
  }
}

/** Returns the mean squared error of bias - product, and puts that difference's gradient in the product's place. */
function lossAndGradient(product, bias, target) {
  let sum = 0;
  for (let i = 0, column = 0; i < product.length; i++, column++) {
    if (column === bias.length) column = 0;
    const difference = bias[column] - product[i] - target[i];
    sum += difference * difference;
    product[i] = (2 / product.length) * difference;
  }
  return sum / product.length;
}

/** Turns the gradient of SiLU's values into that of its arguments. */
function throughSilu(gradient, negatedSums, divisor) {
  for (let i = 0; i < gradient.length; i++) {
    const sigmoid = 1 / divisor[i];
    gradient[i] *= sigmoid * (1 - negatedSums[i] * (1 - sigmoid));
  }
}

/** The parameters after an Adam step, in the place of `parameters`. The moments are kept over 1 - 0.9 and 1 - 0.999. */
function adam(parameters, gradient, moments, step) {
  const scale = Math.sqrt((1 - 0.999 ** step) / 0.001);
  const rate = (1e-3 * 0.1 * scale) / (1 - 0.9 ** step);
  const epsilon = 1e-8 * scale;
  if (parameters.size < 8192) {
    adamLoop(parameters.data, gradient.data, moments[0].data, moments[1].data, rate, epsilon);
    return parameters;
  }
  moments[0] = replaced(replaced(moments[0], np.multiply, 0.9), np.add, gradient);
  const squares = np.square(gradient);
  moments[1] = replaced(replaced(moments[1], np.multiply, 0.999), np.add, squares);
  squares.dispose();
  const root = replaced(np.sqrt(moments[1]), np.add, epsilon);
  const change = replaced(np.divide(moments[0], root), np.multiply, rate);
  root.dispose();
  const updated = replaced(parameters, np.subtract, change);
  change.dispose();
  return updated;
}

function adamLoop(parameters, gradient, first, second, rate, epsilon) {
  for (let i = 0; i < parameters.length; i++) {
    const g = gradient[i];
    const m = 0.9 * first[i] + g;
    const v = 0.999 * second[i] + g * g;
    first[i] = m;
    second[i] = v;
    parameters[i] -= (rate * m) / (Math.sqrt(v) + epsilon);
  }
}

async function trainingStep(params) {
  const { dimension, batch } = params;
  const width = dimension + featureCount;
  const { points, features, alpha, sigma } = trainingData(params);
  const training = new Training(params);
  const input = np.empty([batch, width], "float32");
  const target = np.empty([batch, dimension], "float32");
  const drawBatch = () => {
    const x = input.data;
    const z = target.data;
    fillNormals(z);
    for (let row = 0; row < batch; row++) {
      const point = Math.floor(Math.random() * pointCount) * dimension;
      const level = Math.floor(Math.random() * levelCount);
      const [a, s] = [-alpha[level], -sigma[level]];
      const begin = row * width;
      for (let j = 0; j < dimension; j++) x[begin + j] = a * points[point + j] + s * z[row * dimension + j];
      for (let j = 0; j < featureCount; j++) x[begin + dimension + j] = -features[level * featureCount + j];
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
      const inputs = arrayOf(
        fixed.input.map((value) => -value),
        [batch, width],
      );
      const targets = arrayOf(fixed.target, [batch, dimension]);
      const losses = Array.from({ length: 4 }, () => fresh.step(inputs, targets));
      disposeAll([inputs, targets]);
      fresh.dispose();
      return losses;
    },
    close() {
      disposeAll([input, target]);
      training.dispose();
    },
  };
}

/** Rows sampled together: few enough that their activations stay in the cache. */
const chunk = 500;

async function sampling(params) {
  const { dimension, count, steps, features } = params;
  const [first, ...others] = initialLayers(params).map(inputMajor);
  const splitAt = dimension * first.fanOut;
  const fromX = arrayOf(first.weight.data.subarray(0, splitAt), [dimension, first.fanOut]);
  const fromFeatures = arrayOf(first.weight.data.subarray(splitAt), [featureCount, first.fanOut]);
  const featureRows = arrayOf(features.flat(), [features.length, featureCount]);
  const output = others.at(-1);
  const middle = others.slice(0, -1);

  /** What the features of each step add to the first layer's sums, float32 [steps, h]. */
  const featureSums = () => {
    const sums = np.matmul(featureRows, fromFeatures);
    const { data } = sums;
    const bias = first.bias.data;
    const result = Float32Array.from(data, (sum, i) => sum + bias[i % bias.length]);
    sums.dispose();
    return result;
  };

  /** Calls `use(x, biasLessNoise)` with buffers for `rows` rows; the latter, of a step's sums, is bias - MLP(-x). */
  const withRows = (rows, use) => {
    const x = np.empty([rows, dimension], "float32");
    const firstRows = np.empty([rows, first.fanOut], "float32");
    const middleRows = middle.map(({ fanOut, bias }) => {
      const biasRows = np.empty([rows, fanOut], "float32");
      fillRows(biasRows, bias.data);
      return biasRows;
    });
    const hidden = (sums) => {
      const [value, divisor] = silu(sums);
      disposeAll([sums, divisor]);
      return value;
    };
    const biasLessNoise = (sums) => {
      fillRows(firstRows, sums);
      let value = hidden(negatedSums(x, fromX, firstRows));
      for (const [index, { weight }] of middle.entries()) {
        const below = value;
        value = hidden(negatedSums(below, weight, middleRows[index]));
        below.dispose();
      }
      const result = np.matmul(value, output.weight);
      value.dispose();
      return result;
    };
    use(x.data, biasLessNoise);
    disposeAll([x, firstRows, ...middleRows]);
  };
  const stepSums = (sums, level) => sums.subarray(level * first.fanOut, (level + 1) * first.fanOut);
  const sample = () => {
    const sums = featureSums();
    const result = new Float32Array(count * dimension);
    for (let begin = 0; begin < count; begin += chunk) {
      withRows(Math.min(chunk, count - begin), (x, biasLessNoise) => {
        const fresh = new Float32Array(x.length);
        fillNormals(x);
        for (const [level, step] of steps.entries()) {
          const product = biasLessNoise(stepSums(sums, level));
          fillNormals(fresh);
          advance(x, product.data, output.bias.data, fresh, step);
          product.dispose();
        }
        for (let i = 0; i < x.length; i++) result[begin * dimension + i] = -x[i];
      });
    }
    return result;
  };
  return {
    run: sample,
    check() {
      const eps = new Float32Array(count * dimension);
      withRows(count, (x, biasLessNoise) => {
        const bias = output.bias.data;
        x.set(values(count * dimension, 7).map((value) => -value));
        const product = biasLessNoise(stepSums(featureSums(), 0));
        product.data.forEach((value, i) => {
          eps[i] = bias[i % dimension] - value;
        });
        product.dispose();
      });
      return [...spaced(eps), ...moments(sample())];
    },
    close() {
      disposeAll([fromX, fromFeatures, featureRows]);
      for (const { weight, bias } of [first, ...others]) disposeAll([weight, bias]);
    },
  };
}

/** The step of the negated x. */
function advance(x, product, bias, z, { x: keep, eps, noise }) {
  for (let i = 0, column = 0; i < x.length; i++, column++) {
    if (column === bias.length) column = 0;
    x[i] = keep * x[i] - eps * (bias[column] - product[i]) + noise * z[i];
  }
}
