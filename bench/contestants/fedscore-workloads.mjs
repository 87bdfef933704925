/** The workloads of CONTRACT.md by fedscore's own functions, on a given engine: in Node and on the browser page. */

import {
  createOptimizer,
  layoutOf,
  MlpSession,
  ScoreNetwork,
  sample,
  samplers,
  trainLocally,
} from "../../dist/entries/diffusion.js";
import { instantiate, normals, packedLength } from "../../dist/entries/kernels.js";
import {
  featureCount,
  fixedBatch,
  initialLayers,
  levelCount,
  moments,
  spaced,
  trainingData,
  values,
} from "../harness/inputs.mjs";
import { flowGridOf, gridOf, sampler, schedule } from "../harness/sampling-run.mjs";

const adam = { kind: "adam", learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };

/** `network`: settings in place of the contract's. */
export function specOf({ dimension, hidden, layers, network }) {
  const widths = Array.isArray(hidden) ? hidden : new Array(layers).fill(hidden);
  const shape = { dimension, hidden: widths, noiseFeatures: featureCount };
  return { ...shape, activation: "silu", residual: false, parameterization: "eps", sigmaData: 1, ...network };
}

/** float32 [P]: initialLayers in the order of layoutOf; of a `network` of other settings small numbers. */
export function parametersOf(params) {
  const flat = new Float32Array(layoutOf(specOf(params)).size);
  if (params.network) return values(flat.length, 10).map((value) => 0.05 * value);
  let offset = 0;
  for (const { weight, bias } of initialLayers(params)) {
    flat.set(weight, offset);
    offset += weight.length + bias.length;
  }
  return flat;
}

/** float32 [levelCount, 8 + noiseFeatures]: see levelTable of src/network/levels.ts, here with the contract's numbers. */
function contractLevels({ dimension, noiseFeatures }, { alpha, sigma, features }) {
  const stride = 8 + noiseFeatures;
  const table = new Float32Array(levelCount * stride);
  for (let k = 0; k < levelCount; k++) {
    table.set([alpha[k], sigma[k], 1, 0, 1, 0, 1, 1 / dimension], k * stride);
    table.set(features.subarray(k * featureCount, k * featureCount + noiseFeatures), k * stride + 8);
  }
  return table;
}

function losses(engine, params) {
  const spec = specOf(params);
  const { batch, dimension } = params;
  const { arena, kernels } = engine;
  return arena.scope(() => {
    const session = new MlpSession(engine, spec, batch, "training");
    session.parameters.array.set(parametersOf(params));
    const optimizer = createOptimizer(engine, adam, layoutOf(spec).size);
    const { input, target } = fixedBatch(params);
    const [x, z] = [arena.copyIn(input).pointer, arena.copyIn(target).pointer];
    const weight = arena.copyIn(new Float32Array(batch).fill(1 / dimension)).pointer;
    const [output, slope] = [arena.floats(target.length).pointer, arena.floats(target.length).pointer];
    return Array.from({ length: 4 }, () => {
      session.pack();
      session.forward(x, batch, output);
      const loss = kernels.dsmLoss(output, z, weight, batch, dimension, slope);
      session.backward(x, batch, slope);
      optimizer.step(session.parameters.pointer, session.gradient.pointer);
      return loss;
    });
  });
}

/** A matrix in wasm memory whose rows are `padding` floats apart. */
function paddedIn(arena, matrix, rows, columns, padding, scale = 1) {
  const block = arena.floats(rows * (columns + padding));
  const { array } = block;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      array[row * (columns + padding) + column] = scale * matrix[row * columns + column];
    }
  }
  return block.pointer;
}

const names = ["gemm", "trainingStep", "normals", "sampling", "flowSampling", "networkOfSampling", "adam"];

/** All workloads, each on an instance of its own, whose memory goes when the next one is prepared. */
export function workloadsOn(kernels) {
  return Object.fromEntries(
    names.map((name) => [name, (params) => fedscoreWorkloads(instantiate(kernels))[name](params)]),
  );
}

/** Workloads whose memory lives as long as the engine: prepare few of them on one engine. */
function fedscoreWorkloads(engine) {
  const { arena, kernels } = engine;
  return {
    /** `padding`: floats from the end of a row to the next one, in all three matrices. `scale`: of A, to make its products denormal. */
    async gemm({ rows, depth, columns, transposeA = false, transposeB = false, padding = 0, scale = 1 }) {
      const [aRows, aColumns] = transposeA ? [depth, rows] : [rows, depth];
      const [bRows, bColumns] = transposeB ? [columns, depth] : [depth, columns];
      const a = paddedIn(arena, values(rows * depth, 1), aRows, aColumns, padding, scale);
      const b = paddedIn(arena, values(depth * columns, 2), bRows, bColumns, padding);
      const packed = arena.floats(packedLength(depth, columns)).pointer;
      const product = arena.floats(rows * (columns + padding));
      const transposed = transposeA ? 1 : 0;
      const run = () => {
        if (transposeB) kernels.packPanelsTransposed(b, depth + padding, depth, columns, packed);
        else kernels.packPanels(b, columns + padding, depth, columns, packed);
        kernels.gemm(
          transposed,
          a,
          aColumns + padding,
          packed,
          0,
          product.pointer,
          columns + padding,
          rows,
          columns,
          depth,
        );
      };
      return {
        run,
        check() {
          run();
          return spaced(product.array);
        },
      };
    },

    /**
     * `steps` of one call of trainLocally: its set-up is part of the time, as in a client's local training. `keep` n: an unstructured
     * mask that prunes each n-th parameter. `weightScale`: of the initial weights. `privacy`: settings of private steps.
     */
    async trainingStep(params) {
      const { batch, keep, privacy, weightScale = 1, steps = 10 } = params;
      const data = trainingData(params);
      const points = arena.copyIn(data.points);
      const table = arena.copyIn(contractLevels(specOf(params), data));
      const request = {
        spec: specOf(params),
        parameters: parametersOf(params).map((value) => weightScale * value),
        levelTable: table,
        points,
        settings: {
          batchSize: batch,
          optimizer: adam,
          weighting: "simple",
          levels: { spacing: "time", count: levelCount },
          ...(privacy && { privacy }),
        },
        steps,
        seed: 1,
        client: 0,
        ...(keep && { keep: Uint8Array.from(parametersOf(params), (_, i) => (i % keep === 0 ? 0 : 1)) }),
      };
      let round = 0;
      return {
        units: steps,
        run() {
          trainLocally(engine, { ...request, round: round++ });
        },
        check: () => (params.network ? [] : losses(engine, params)),
      };
    },

    /** Adam alone, after `idleSteps` steps without a gradient, in which its state decays. */
    async adam({ count, idleSteps = 0 }) {
      const parameters = arena.copyIn(values(count, 1)).pointer;
      const gradient = arena.copyIn(values(count, 2));
      const optimizer = createOptimizer(engine, adam, count);
      const run = () => {
        optimizer.step(parameters, gradient.pointer);
      };
      run();
      gradient.array.fill(0);
      for (let step = 0; step < idleSteps; step++) run();
      return { run, check: () => [] };
    },

    async normals({ count }) {
      const out = arena.floats(count).pointer;
      let step = 0;
      return {
        run() {
          kernels.normalFill(out, count, 0, 1, 0, step++, 0, 0);
        },
        check: () => moments(normals(engine, count, { seed: 1, purpose: 4 })),
      };
    },

    async sampling(params) {
      const network = new ScoreNetwork(specOf(params), parametersOf(params));
      const grid = gridOf(params.steps.length);
      let seed = 0;
      const samples = () =>
        sample(engine, { denoiser: network, schedule, grid, sampler, count: params.count, seed: seed++ });
      return {
        run() {
          samples();
        },
        check: () => [...spaced(predictedNoise(engine, network, params)), ...moments(samples())],
      };
    },

    async flowSampling(params) {
      const { dimension, count, solver, steps } = params;
      const denoiser = new ScoreNetwork(specOf(params), parametersOf(params));
      const request = { denoiser, schedule, grid: flowGridOf(steps), sampler: samplers[solver], count, seed: 1 };
      return {
        run() {
          sample(engine, request);
        },
        check: () => spaced(sample(engine, { ...request, states: values(count * dimension, 7) })),
      };
    },

    /** The network's part of `sampling` alone: as many evaluations, no noise, no update. */
    async networkOfSampling(params) {
      const { dimension, count, steps, features } = params;
      const tile = 1020;
      const session = new MlpSession(engine, specOf(params), tile, "inference");
      session.parameters.array.set(parametersOf(params));
      session.pack();
      const x = arena.copyIn(values(tile * dimension, 7)).pointer;
      const output = arena.floats(tile * dimension).pointer;
      const level = arena.copyIn(Float32Array.from(features[0])).pointer;
      return {
        run() {
          for (let row = 0; row < count; row += tile) {
            for (let step = 0; step < steps.length; step++) {
              session.setLevel(level);
              session.forwardPoints(x, Math.min(tile, count - row), output);
            }
          }
        },
        check: () => [],
      };
    },
  };
}

function predictedNoise(engine, network, { dimension, count, features }) {
  const { arena } = engine;
  return arena.scope(() => {
    const session = new MlpSession(engine, network.spec, count, "inference");
    session.parameters.array.set(network.parameters);
    session.pack();
    session.setLevel(arena.copyIn(Float32Array.from(features[0])).pointer);
    const output = arena.floats(count * dimension);
    session.forwardPoints(arena.copyIn(values(count * dimension, 7)).pointer, count, output.pointer);
    return output.array.slice();
  });
}
