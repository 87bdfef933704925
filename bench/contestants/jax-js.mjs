/**
 * jax-js, WebAssembly backend on one thread (its workers need a global Worker, which Node lacks), everything
 * jit-compiled, gradients by valueAndGrad. Sizes are padded to multiples of 4 where its compiler would not vectorize
 * them, and normals come in Box-Muller pairs from its uniforms, since its own normal() throws half of each pair away.
 *
 * An array is owned by the function it is passed to; .ref keeps it for the caller.
 */
import { defaultDevice, jit, nn, numpy as np, random, tree, valueAndGrad } from "@jax-js/jax";
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
import manifest from "../node_modules/@jax-js/jax/package.json" with { type: "json" };

defaultDevice("wasm");

export const versions = { "@jax-js/jax": manifest.version };

export const workloads = {
  async gemm({ rows, depth, columns, transposeA, transposeB }) {
    const a = matrix(values(rows * depth, 1), transposeA ? [depth, rows] : [rows, depth]);
    const b = matrix(values(depth * columns, 2), transposeB ? [columns, depth] : [depth, columns]);
    const margin = (size) => [0, padded(size) - size];
    const pad = jit((x) => np.pad(x, x.shape.map(margin)));
    const multiply = jit((a, b) => {
      if (transposeA && transposeB) return np.matmul(b, a).transpose();
      return np.matmul(transposeA ? a.transpose() : a, transposeB ? b.transpose() : b);
    });
    const cut = jit((c) => c.slice([0, rows], [0, columns]));
    const isAligned = [rows, depth, columns].every((size) => size === padded(size));
    const product = isAligned ? multiply : (a, b) => cut(multiply(pad(a), pad(b)));
    const run = () => product(a.ref, b.ref).dataSync();
    return { run, check: () => spaced(run()), close: () => tree.dispose([a, b]) };
  },

  async normals({ count }) {
    const draw = jit((key) => {
      const [next, own] = splitKey(key, 2);
      return [next, normals(own, [count])];
    });
    let key = random.key(1);
    function run() {
      const [next, z] = draw(key);
      key = next;
      return z.dataSync();
    }
    return { run, check: () => moments(run()), close: () => key.dispose() };
  },

  async trainingStep(params) {
    const { dimension, batch } = params;
    const data = trainingData(params);
    const points = matrix(data.points, [pointCount, dimension]);
    const features = paddedRows(data.features, levelCount, featureCount, inputWidth(dimension) - dimension);
    const level = { alpha: matrix(data.alpha, [levelCount, 1]), sigma: matrix(data.sigma, [levelCount, 1]), features };

    const drawAndUpdate = jit((key, state) => {
      const [next, rowKey, levelKey, noiseKey] = splitKey(key, 4);
      const rows = random.randint(rowKey, { minval: 0, maxval: pointCount, shape: [batch] });
      const levels = random.randint(levelKey, { minval: 0, maxval: levelCount, shape: [batch] });
      const z = normals(noiseKey, [batch, dimension]);
      const alpha = level.alpha.ref.slice(levels.ref);
      const sigma = level.sigma.ref.slice(levels.ref);
      const x = points.ref.slice(rows).mul(alpha).add(sigma.mul(z.ref));
      return [next, ...update(state, np.concatenate([x, level.features.ref.slice(levels)], 1), z)];
    });
    let key = random.key(1);
    let state = initialState(params);
    function run() {
      const [nextKey, nextState, loss] = drawAndUpdate(key, state);
      key = nextKey;
      state = nextState;
      return loss.dataSync();
    }

    function check() {
      const fixed = fixedBatch(params);
      const input = paddedRows(fixed.input, batch, dimension + featureCount, inputWidth(dimension));
      const target = matrix(fixed.target, [batch, dimension]);
      const updateOnly = jit(update);
      const losses = [];
      let state = initialState(params);
      for (let i = 0; i < 4; i++) {
        const [next, loss] = updateOnly(state, input.ref, target.ref);
        state = next;
        losses.push(loss.dataSync()[0]);
      }
      tree.dispose([input, target, state]);
      return losses;
    }
    function close() {
      drawAndUpdate.dispose();
      tree.dispose([points, level, key, state]);
    }
    return { run, check, close };
  },

  async sampling({ dimension, hidden, layers, count, steps, features }) {
    const rows = padded(count);
    const [first, ...rest] = initialLayers({ dimension, hidden, layers });
    const weights = {
      point: columnsOf(first, 0, dimension).transpose(),
      feature: columnsOf(first, dimension, featureCount),
      firstBias: np.array(first.bias),
      rest: rest.map(({ fanIn, fanOut, weight, bias }) => ({
        weight: matrix(weight, [fanOut, fanIn]),
        bias: np.array(bias),
      })),
    };
    const featureTable = matrix(Float32Array.from(features.flat()), [features.length, featureCount]);
    const coefficients = steps.map(({ x, eps, noise }) => np.array(Float32Array.of(x, eps, noise)));
    const networkOnly = np.array(Float32Array.of(0, 1, 0));

    const biasesOf = jit((features) => linear(features, weights.feature.ref, weights.firstBias.ref));
    const start = jit((key) => {
      const [next, own] = splitKey(key, 2);
      return [next, normals(own, [rows, dimension])];
    });
    const step = jit((key, x, bias, coefficients) => {
      const [next, own] = splitKey(key, 2);
      let h = np.matmul(x.ref, weights.point.ref).add(bias);
      for (const { weight, bias } of weights.rest) h = linear(nn.silu(h), weight.ref, bias.ref);
      const [xFactor, epsFactor, noiseFactor] = [0, 1, 2].map((i) => coefficients.ref.slice([i, i + 1]));
      coefficients.dispose();
      const z = normals(own, [rows, dimension]);
      return [next, x.mul(xFactor).add(h.mul(epsFactor)).add(z.mul(noiseFactor))];
    });

    let key = random.key(1);
    /** Reading the key computes the whole step; the buffers of steps not yet computed would pile up. */
    function advance(x, bias, coefficients) {
      const [next, moved] = step(key, x, bias, coefficients);
      key = next;
      key.ref.dataSync();
      return moved;
    }
    const pointsOf = (x) => x.dataSync().subarray(0, count * dimension);
    function run() {
      const table = biasesOf(featureTable.ref);
      const biases = steps.map((_, k) => table.ref.slice(k));
      table.dispose();
      let [next, x] = start(key);
      key = next;
      for (let k = 0; k < steps.length; k++) x = advance(x, biases[k], coefficients[k].ref);
      return pointsOf(x);
    }
    function check() {
      const x = paddedRows(values(count * dimension, 7), 1, count * dimension, rows * dimension);
      const bias = biasesOf(featureTable.ref).slice(0);
      const moved = advance(x.reshape([rows, dimension]), bias, networkOnly.ref);
      return [...spaced(pointsOf(moved)), ...moments(run())];
    }
    function close() {
      for (const compiled of [biasesOf, start, step]) compiled.dispose();
      tree.dispose([weights, featureTable, coefficients, networkOnly, key]);
    }
    return { run, check, close };
  },
};

const padded = (size) => Math.ceil(size / 4) * 4;
const inputWidth = (dimension) => padded(dimension + featureCount);
const matrix = (data, shape) => np.array(data).reshape(shape);

/** Row-major data [rows, columns] with zeros up to `width` columns. */
function paddedRows(data, rows, columns, width) {
  const out = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) out.set(data.subarray(row * columns, (row + 1) * columns), row * width);
  return matrix(out, [rows, width]);
}

/** Columns [from, from + count) of a layer's weight [out, in]. */
function columnsOf({ fanIn, fanOut, weight }, from, count) {
  const rows = Array.from({ length: fanOut }, (_, o) => weight.subarray(o * fanIn + from, o * fanIn + from + count));
  return matrix(Float32Array.from(rows.flatMap((row) => [...row])), [fanOut, count]);
}

function splitKey(key, count) {
  const keys = random.split(key, count);
  const parts = Array.from({ length: count }, (_, i) => keys.ref.slice(i));
  keys.dispose();
  return parts;
}

function normals(key, shape) {
  const count = shape.reduce((product, size) => product * size, 1);
  const pairs = Math.ceil(count / 2);
  const uniforms = random.uniform(key, [2, pairs]);
  const radius = np.sqrt(np.log(uniforms.ref.slice(0).mul(-1).add(1)).mul(-2));
  const angle = uniforms.slice(1).mul(2 * Math.PI);
  const z = np.concatenate([radius.ref.mul(np.cos(angle.ref)), radius.mul(np.sin(angle))]);
  return (count === 2 * pairs ? z : z.slice([0, count])).reshape(shape);
}

/** Weights [out, in] as they are in the inputs: then their gradients come out as [out, in] as well. */
const linear = (x, weight, bias) => np.matmul(x, weight.transpose()).add(bias);

function lossOf(layers, input, target) {
  let h = input;
  for (const [i, { weight, bias }] of layers.entries()) h = linear(i === 0 ? h : nn.silu(h), weight, bias);
  const difference = h.sub(target);
  return difference.ref.mul(difference).mean();
}

const lossAndGradient = valueAndGrad(lossOf);

/** Layers, their moments and the powers of Adam's decays. */
function initialState(params) {
  const layers = initialLayers(params).map(({ fanIn, fanOut, weight, bias }, i) => ({
    weight: paddedRows(weight, fanOut, fanIn, i === 0 ? inputWidth(params.dimension) : fanIn),
    bias: np.array(bias),
  }));
  const zeros = () => tree.map((array) => np.zeros(array.shape), layers);
  return { layers, m: zeros(), v: zeros(), decay1: np.array([1]), decay2: np.array([1]) };
}

/** One step of Adam. */
function update(state, input, target) {
  const [loss, gradients] = lossAndGradient(tree.ref(state.layers), input, target);
  const decay1 = state.decay1.mul(0.9);
  const decay2 = state.decay2.mul(0.999);
  const rate = np.reciprocal(decay1.ref.mul(-1).add(1)).mul(1e-3);
  const scale = np.sqrt(np.reciprocal(decay2.ref.mul(-1).add(1)));
  const m = tree.map((m, gradient) => m.mul(0.9).add(gradient.ref.mul(0.1)), state.m, gradients);
  const v = tree.map((v, gradient) => v.mul(0.999).add(gradient.ref.mul(gradient).mul(0.001)), state.v, gradients);
  const layers = tree.map(
    (parameter, m, v) => parameter.sub(m.ref.mul(rate.ref).div(np.sqrt(v.ref).mul(scale.ref).add(1e-8))),
    state.layers,
    m,
    v,
  );
  tree.dispose([rate, scale]);
  return [{ layers, m, v, decay1, decay2 }, loss];
}
