/**
 * TensorFlow.js as its documentation shows it, on whichever backend is set: the library's gradients, optimizer and
 * random numbers.
 */
import * as tf from "@tensorflow/tfjs-core";
import {
  fixedBatch,
  initialLayers,
  levelCount,
  moments,
  pointCount,
  spaced,
  trainingData,
  values,
} from "../harness/inputs.mjs";

/** Makes `name` the backend of everything below. */
export async function useBackend(name) {
  await tf.setBackend(name);
  await tf.ready();
}

/** float32 [fanIn, fanOut] of a layer's [fanOut, fanIn] weight. */
export function inputMajor({ fanIn, fanOut, weight }) {
  const out = new Float32Array(fanIn * fanOut);
  for (let o = 0; o < fanOut; o++) for (let i = 0; i < fanIn; i++) out[i * fanOut + o] = weight[o * fanIn + i];
  return out;
}

/** int32 [count], uniform over 0 ... limit - 1. (tf.randomUniformInt rounds: it also returns the limit itself.) */
export function randomIndices(count, limit) {
  const indices = new Int32Array(count);
  for (let i = 0; i < count; i++) indices[i] = Math.floor(Math.random() * limit);
  return indices;
}

/**
 * The workload of `multiply(a, b, params)`.
 * The wasm backend keeps an untransposed right operand packed for as long as its tensor lives, so each run makes that
 * tensor anew.
 */
export function gemmWorkload(multiply) {
  return async (params) => {
    const { rows, depth, columns, transposeA, transposeB } = params;
    const valuesB = values(depth * columns, 2);
    const uploadB = () => tf.tensor2d(valuesB, transposeB ? [columns, depth] : [depth, columns]);
    const a = tf.tensor2d(values(rows * depth, 1), transposeA ? [depth, rows] : [rows, depth]);
    const b = uploadB();
    const product = () => tf.tidy(() => multiply(a, transposeB ? b : uploadB(), params));
    return {
      run: () => product().dispose(),
      check() {
        const c = product();
        const result = spaced(c.dataSync());
        c.dispose();
        return result;
      },
      close: () => tf.dispose([a, b]),
    };
  };
}

export const gemm = gemmWorkload((a, b, { transposeA, transposeB }) => tf.matMul(a, b, transposeA, transposeB));

/** MLP of variables. */
class Network {
  constructor(params) {
    this.layers = tf.tidy(() =>
      initialLayers(params).map((layer) => ({
        weight: tf.variable(tf.tensor2d(inputMajor(layer), [layer.fanIn, layer.fanOut])),
        bias: tf.variable(tf.tensor1d(layer.bias)),
      })),
    );
  }

  apply(input) {
    const last = this.layers.length - 1;
    return this.layers.reduce((x, { weight, bias }, index) => {
      const sum = tf.add(tf.matMul(x, weight), bias);
      return index < last ? tf.mul(sum, tf.sigmoid(sum)) : sum;
    }, input);
  }

  dispose() {
    for (const { weight, bias } of this.layers) tf.dispose([weight, bias]);
  }
}

/** A network with its optimizer. */
class Training {
  constructor(params) {
    this.network = new Network(params);
    this.optimizer = tf.train.adam(1e-3, 0.9, 0.999, 1e-8);
  }

  /** One step; the loss before it, as a tensor. */
  step(input, target) {
    return this.optimizer.minimize(() => tf.mean(tf.squaredDifference(this.network.apply(input), target)), true);
  }

  dispose() {
    this.network.dispose();
    this.optimizer.dispose();
  }
}

export async function trainingStep(params) {
  await import("#tfjs-gradients");
  const { dimension, batch } = params;
  const data = trainingData(params);
  const points = tf.tensor2d(data.points, [pointCount, dimension]);
  const features = tf.tensor2d(data.features, [levelCount, data.features.length / levelCount]);
  const alpha = tf.tensor2d(data.alpha, [levelCount, 1]);
  const sigma = tf.tensor2d(data.sigma, [levelCount, 1]);
  const training = new Training(params);
  return {
    run() {
      tf.tidy(() => {
        const rows = tf.tensor1d(randomIndices(batch, pointCount), "int32");
        const levels = tf.tensor1d(randomIndices(batch, levelCount), "int32");
        const z = tf.randomNormal([batch, dimension]);
        const signal = tf.mul(tf.gather(alpha, levels), tf.gather(points, rows));
        const x = tf.add(signal, tf.mul(tf.gather(sigma, levels), z));
        training.step(tf.concat([x, tf.gather(features, levels)], 1), z);
      });
    },
    check() {
      const fresh = new Training(params);
      const losses = tf.tidy(() => {
        const { input, target } = fixedBatch(params);
        const inputs = tf.tensor2d(input, [batch, input.length / batch]);
        const targets = tf.tensor2d(target, [batch, dimension]);
        return Array.from({ length: 4 }, () => fresh.step(inputs, targets).dataSync()[0]);
      });
      fresh.dispose();
      return losses;
    },
    close() {
      tf.dispose([points, features, alpha, sigma]);
      training.dispose();
    },
  };
}

export async function normals({ count }) {
  const fill = () => {
    const tensor = tf.randomNormal([count]);
    const result = tensor.dataSync();
    tensor.dispose();
    return result;
  };
  return { run: fill, check: () => moments(fill()) };
}

export async function sampling(params) {
  const { dimension, count, steps, features } = params;
  const network = new Network(params);
  const noiseOf = (x, level) => network.apply(tf.concat([x, tf.tile(tf.tensor2d([features[level]]), [count, 1])], 1));
  const advance = (x, { x: keep, eps, noise }, level) => {
    const mean = tf.add(tf.mul(x, keep), tf.mul(noiseOf(x, level), eps));
    return tf.add(mean, tf.mul(tf.randomNormal([count, dimension]), noise));
  };
  const sample = () => {
    let x = tf.randomNormal([count, dimension]);
    for (const [level, step] of steps.entries()) {
      const previous = x;
      x = tf.tidy(() => advance(previous, step, level));
      previous.dispose();
    }
    const result = x.dataSync();
    x.dispose();
    return result;
  };
  return {
    run: sample,
    check() {
      const first = tf.tidy(() => noiseOf(tf.tensor2d(values(count * dimension, 7), [count, dimension]), 0));
      const result = [...spaced(first.dataSync()), ...moments(sample())];
      first.dispose();
      return result;
    },
    close: () => network.dispose(),
  };
}
