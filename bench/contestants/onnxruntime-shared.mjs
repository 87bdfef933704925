/**
 * The workloads of the two ONNX Runtimes, which load the same graphs. Gemm operator for all products; sampling is one
 * Scan over the steps, with the noise drawn inside it and the part of the first layer that only sees the step's
 * features as a bias; the points go through it in blocks whose activations stay in the cache.
 */
import { featureCount, initialLayers, moments, spaced, values } from "../harness/inputs.mjs";
import { graph, model, node, tensor } from "./onnx-model.mjs";

/** Activations of one layer in a block: half a MiB. */
const blockFloats = 2 ** 17;

/**
 * @param ort the module.
 * @param executionProvider its name of the backend.
 * @param resultOf async (session, feeds, into): the data of the graph's output `result`, which a runtime that can
 *   writes into the tensor `into`.
 */
export function workloadsOf({ ort, executionProvider, resultOf }) {
  const float32 = (data, shape) => new ort.Tensor("float32", data, shape);
  const empty = (shape) => float32(new Float32Array(shape.reduce((product, size) => product * size, 1)), shape);

  async function open(content) {
    const session = await ort.InferenceSession.create(model(content), {
      executionProviders: [executionProvider],
      graphOptimizationLevel: "all",
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
    return { resultOf: (feeds, into) => resultOf(session, feeds, into), close: () => session.release() };
  }

  return {
    async gemm({ rows, depth, columns, transposeA, transposeB }) {
      const session = await open(gemmGraph({ rows, depth, columns, transposeA, transposeB }));
      const into = empty([rows, columns]);
      const run = () => session.resultOf({}, into);
      return { run, check: async () => spaced(await run()), close: session.close };
    },

    async normals({ count }) {
      const session = await open(normalsGraph(count));
      const into = empty([count]);
      const run = () => session.resultOf({}, into);
      return { run, check: async () => moments(await run()), close: session.close };
    },

    async sampling({ dimension, hidden, layers, count, steps, features }) {
      const session = await open(samplingGraph({ dimension, hidden, layers }));
      const x = new Float32Array(count * dimension);
      const chain = chainsOf({ session, x, count, dimension, hidden });
      const run = chain({ start: new Float32Array(count * dimension), startNoise: 1, steps, features });
      const network = chain({
        start: values(count * dimension, 7),
        startNoise: 0,
        steps: [{ x: 0, eps: 1, noise: 0 }],
        features: features.slice(0, 1),
      });
      async function check() {
        await network();
        const outputs = spaced(x);
        await run();
        return [...outputs, ...moments(x)];
      }
      return { run, check, close: session.close };
    },

    async flowSampling({ dimension, hidden, layers, count, evaluations, features }) {
      const session = await open(flowGraph({ dimension, hidden, layers }));
      const x = new Float32Array(count * dimension);
      const chain = chainsOf({ session, x, count, dimension, hidden });
      const steps = evaluations.map(({ alpha, sigma, ...step }) => ({ ...step, own: 1 / alpha, eps: -sigma / alpha }));
      const run = chain({ start: new Float32Array(count * dimension), startNoise: 1, steps, features });
      const given = chain({ start: values(count * dimension, 7), startNoise: 0, steps, features });
      async function check() {
        await given();
        return spaced(x);
      }
      return { run, check, close: session.close };
    },
  };

  /** Prepares whole chains into x from start + startNoise z on, block by block. */
  function chainsOf({ session, x, count, dimension, hidden }) {
    const blocks = Math.ceil((count * hidden) / blockFloats);
    const blockRows = Math.ceil(count / blocks);
    return ({ start, startNoise, steps, features }) => {
      const columns = Object.keys(steps[0]).map((name) => {
        const values = Float32Array.from(steps, (step) => step[name]);
        return [name, float32(values, [steps.length])];
      });
      const shared = {
        startNoise: float32(Float32Array.of(startNoise), [1]),
        features: float32(Float32Array.from(features.flat()), [steps.length, featureCount]),
        ...Object.fromEntries(columns),
      };
      const parts = [];
      for (let row = 0; row < count; row += blockRows) {
        const shape = [Math.min(blockRows, count - row), dimension];
        const offset = row * dimension;
        const block = start.subarray(offset, offset + shape[0] * dimension);
        parts.push({ offset, feeds: { ...shared, start: float32(block, shape) }, into: empty(shape) });
      }
      return async () => {
        for (const { offset, feeds, into } of parts) x.set(await session.resultOf(feeds, into), offset);
      };
    };
  }
}

/** The factors are inputs with defaults: held in the runtime's memory, yet no constants that it may pack beforehand. */
function gemmGraph({ rows, depth, columns, transposeA, transposeB }) {
  const a = { name: "a", shape: transposeA ? [depth, rows] : [rows, depth] };
  const b = { name: "b", shape: transposeB ? [columns, depth] : [depth, columns] };
  return graph({
    name: "gemm",
    nodes: [node("Gemm", ["a", "b"], ["result"], { transA: BigInt(!!transposeA), transB: BigInt(!!transposeB) })],
    tensors: [tensor("a", a.shape, values(rows * depth, 1)), tensor("b", b.shape, values(depth * columns, 2))],
    inputs: [a, b],
    outputs: [{ name: "result", shape: [rows, columns] }],
  });
}

function normalsGraph(count) {
  return graph({
    name: "normals",
    nodes: [node("RandomNormal", [], ["result"], { shape: [count] })],
    outputs: [{ name: "result", shape: [count] }],
  });
}

/** Steps x = x x + eps MLP + noise z. */
function samplingGraph(params) {
  return scanGraph("sampling", params, {
    columns: ["x", "eps", "noise"],
    nodes: [
      node("RandomNormalLike", ["point"], ["z"]),
      node("Mul", ["point", "xFactor"], ["kept"]),
      node("Mul", ["output", "epsFactor"], ["removed"]),
      node("Mul", ["z", "noiseFactor"], ["added"]),
      node("Sum", ["kept", "removed", "added"], ["next"]),
    ],
  });
}

/** Steps D = own x + eps MLP, x = x x + denoised D + previous D'. */
function flowGraph(params) {
  return scanGraph("flow", params, {
    columns: ["own", "eps", "x", "denoised", "previous"],
    remembered: ["before", "estimate"],
    nodes: [
      node("Mul", ["point", "ownFactor"], ["ownShare"]),
      node("Mul", ["output", "epsFactor"], ["removed"]),
      node("Add", ["ownShare", "removed"], ["estimate"]),
      node("Mul", ["point", "xFactor"], ["kept"]),
      node("Mul", ["estimate", "denoisedFactor"], ["toward"]),
      node("Mul", ["before", "previousFactor"], ["past"]),
      node("Sum", ["kept", "toward", "past"], ["next"]),
    ],
  });
}

/**
 * A scan of steps from start + startNoise z on. Inputs start, startNoise, features and, one entry per step, `columns`; in a step the factors are
 * `${column}Factor`, the network has made `output` of `point`, and `nodes` make `next`.
 * @param remembered of points, 0 at first: what a step calls that of the step before, and what it makes for the next one.
 */
function scanGraph(name, { dimension, hidden, layers }, { columns, nodes, remembered }) {
  const points = ["rows", dimension];
  const network = initialLayers({ dimension, hidden, layers });
  const [first] = network;
  const [before, kept] = remembered ?? [];
  const { nodes: networkNodes, tensors } = networkOf(dimension, network);
  return graph({
    name,
    nodes: [
      node("RandomNormalLike", ["start"], ["startZ"]),
      node("Mul", ["startZ", "startNoise"], ["scaled"]),
      node("Add", ["start", "scaled"], ["initial"]),
      ...(remembered ? [node("Sub", ["start", "start"], ["nothing"])] : []),
      node("Gemm", ["features", "featureWeight", "firstBias"], ["biases"]),
      node(
        "Scan",
        ["initial", ...(remembered ? ["nothing"] : []), "biases", ...columns],
        ["result", ...(remembered ? ["last"] : [])],
        {
          num_scan_inputs: BigInt(1 + columns.length),
          body: graph({
            name: "step",
            nodes: [...networkNodes, ...nodes],
            tensors,
            inputs: [
              ...["point", ...(remembered ? [before] : [])].map((state) => ({ name: state, shape: points })),
              { name: "firstLayerBias", shape: [first.fanOut] },
              ...columns.map((column) => ({ name: `${column}Factor`, shape: [] })),
            ],
            outputs: ["next", ...(remembered ? [kept] : [])].map((each) => ({ name: each, shape: points })),
          }),
        },
      ),
    ],
    tensors: [
      tensor("featureWeight", [featureCount, hidden], transposed(first, dimension, featureCount)),
      tensor("firstBias", [hidden], first.bias),
    ],
    inputs: [
      { name: "start", shape: points },
      { name: "startNoise", shape: [1] },
      { name: "features", shape: ["steps", featureCount] },
      ...columns.map((column) => ({ name: column, shape: ["steps"] })),
    ],
    outputs: [{ name: "result", shape: points }],
  });
}

/** `output` of `point`, with `firstLayerBias` for the bias of the first layer. */
function networkOf(dimension, network) {
  const nodes = [];
  const tensors = [];
  let input = "point";
  for (const [i, layer] of network.entries()) {
    const isFirst = i === 0;
    const isLast = i === network.length - 1;
    const fanIn = isFirst ? dimension : layer.fanIn;
    const bias = isFirst ? "firstLayerBias" : `bias${i}`;
    if (!isFirst) tensors.push(tensor(bias, [layer.fanOut], layer.bias));
    tensors.push(tensor(`weight${i}`, [fanIn, layer.fanOut], transposed(layer, 0, fanIn)));
    const output = isLast ? "output" : `sum${i}`;
    nodes.push(node("Gemm", [input, `weight${i}`, bias], [output]));
    if (isLast) break;
    nodes.push(node("Sigmoid", [output], [`gate${i}`]), node("Mul", [output, `gate${i}`], [`hidden${i}`]));
    input = `hidden${i}`;
  }
  return { nodes, tensors };
}

/** Columns [from, from + count) of a layer's weight, as [count, out]. */
function transposed({ fanIn, fanOut, weight }, from, count) {
  const out = new Float32Array(count * fanOut);
  for (let i = 0; i < count; i++) {
    for (let o = 0; o < fanOut; o++) out[i * fanOut + o] = weight[o * fanIn + from + i];
  }
  return out;
}
