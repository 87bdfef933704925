import { type Dataset, requireDataset } from "../data/dataset.js";
import { finiteEntries } from "../data/finite.js";
import { rowsIn } from "../data/rows.js";
import { ArgumentError, FedscoreError, requireArray, requireInteger } from "../errors.js";
import { type Engine, Purpose, RandomStream, requireEngine, uniforms } from "../kernels/index.js";
import { requireOptions } from "../options.js";
import { classesOf, placesOf } from "./classes.js";
import {
  type ClassifierOptions,
  type ClassifierSettings,
  classifierFields,
  completeClassifier,
} from "./classifier-fields.js";
import { ClassifierNetwork, denseLayers } from "./classifier-network.js";
import { crossEntropy } from "./cross-entropy.js";
import { decayingAdam } from "./decaying-adam.js";

/** Most classes that a classifier tells apart. */
export const mostClasses = 1000;

/** A trained classifier: plain data. */
export interface Classifier {
  /** Labels, ascending: logit k is that of classes[k]. */
  readonly classes: Int32Array;
  /** [dimension, ...hidden, classes]. */
  readonly widths: readonly number[];
  /** Rows enter as (x - mean) / scale: float32 [dimension], and the root of their mean variance. */
  readonly mean: Float32Array;
  readonly scale: number;
  /** float32, each layer's weight [fanOut, fanIn] and bias [fanOut] one after the other. */
  readonly parameters: Float32Array;
}

/**
 * A classifier of labelled rows: a multilayer perceptron with softmax, trained by Adam on the cross-entropy. The seed decides its start, the order of
 * the rows and how images are shifted.
 * @throws ArgumentError where the rows have no labels, or fewer than two classes or more than 1000; FedscoreError FEDSCORE_NON_FINITE where training diverged.
 */
export function trainClassifier(
  engine: Engine,
  dataset: Dataset,
  options: ClassifierOptions & { readonly seed: number },
): Classifier {
  const { seed, ...given } = requireOptions("options", options, [...Object.keys(classifierFields), "seed"]);
  const settings = completeClassifier("options", given);
  requireInteger("options.seed", seed, 0);
  const { points, dimension, labels, imageShape } = requireDataset(dataset);
  if (!labels) throw new ArgumentError("dataset.labels", "must be there: a classifier learns them", labels);
  if (imageShape) requireImages(imageShape, dimension);
  finiteEntries("dataset.points", points);
  const classes = classesOf(labels);
  if (classes.length < 2 || classes.length > mostClasses)
    throw new ArgumentError("dataset.labels", `must be of 2 to ${mostClasses} classes`, classes.length);
  const places = placesOf(labels, classes);
  const widths = [dimension, ...settings.hidden, classes.length];
  const spread = spreadOf(points, dimension);
  const source: Source = { points, dimension, places, ...spread, imageShape };
  const start = initialParameters(requireEngine(engine), widths, seed);
  return engine.arena.scope(() => {
    const network = new ClassifierNetwork(engine, widths, Math.min(settings.batchSize, places.length));
    network.parameters.array.set(start);
    train(engine, network, source, settings, seed);
    return { classes, widths, ...spread, parameters: network.parameters.array.slice() };
  });
}

function requireImages(shape: readonly [number, number], dimension: number): void {
  requireArray("dataset.imageShape", shape);
  const [height, width] = shape;
  requireInteger("dataset.imageShape[0]", height, 1);
  requireInteger("dataset.imageShape[0] * dataset.imageShape[1]", height * width, dimension, dimension);
}

interface Source {
  readonly points: Float32Array;
  readonly dimension: number;
  readonly places: Int32Array;
  readonly mean: Float32Array;
  readonly scale: number;
  readonly imageShape: readonly [number, number] | undefined;
}

function train(engine: Engine, network: ClassifierNetwork, source: Source, settings: ClassifierSettings, seed: number) {
  const { learningRate, epochs } = settings;
  const { places, dimension } = source;
  const rows = places.length;
  const batchSize = Math.min(settings.batchSize, rows);
  const step = decayingAdam(engine, network, { learningRate, steps: epochs * Math.ceil(rows / batchSize) });
  const input = engine.arena.floats(batchSize * dimension);
  const order = Uint32Array.from(places, (_, row) => row);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const random = new RandomStream(engine, { seed, purpose: Purpose.classifier, client: 1, round: epoch });
    random.shuffle(order);
    for (let first = 0; first < rows; first += batchSize) {
      const drawn = order.subarray(first, first + batchSize);
      fillBatch(input.array, source, drawn, settings.shift, random);
      network.pack();
      network.forward(input.pointer, drawn.length);
      const loss = crossEntropy(
        engine,
        network.logits,
        Int32Array.from(drawn, (row) => places[row]),
      );
      if (!Number.isFinite(loss)) throw diverged(epoch, learningRate);
      network.backward(input.pointer, drawn.length);
      step();
    }
  }
  if (engine.kernels.countNonFinite(network.parameters.pointer, network.parameters.length) > 0)
    throw diverged(epochs - 1, learningRate);
}

function diverged(epoch: number, learningRate: number): FedscoreError {
  const message = `the classifier diverged in epoch ${epoch}: try a learningRate below ${learningRate}`;
  return new FedscoreError("FEDSCORE_NON_FINITE", message, { epoch, learningRate });
}

/** Standardized rows; images shifted, with what comes in from outside being 0. */
function fillBatch(
  target: Float32Array,
  { points, dimension, mean, scale, imageShape }: Source,
  rows: Uint32Array,
  shift: number,
  random: RandomStream,
): void {
  const [height, width] = imageShape ?? [1, dimension];
  const draw = () => (imageShape && shift > 0 ? random.integer(2 * shift + 1) - shift : 0);
  rows.forEach((row, index) => {
    const [down, right] = [draw(), draw()];
    const [from, to] = [row * dimension, index * dimension];
    for (let y = 0, at = 0; y < height; y++) {
      const insideY = y - down >= 0 && y - down < height;
      for (let x = 0; x < width; x++, at++) {
        const inside = insideY && x - right >= 0 && x - right < width;
        const value = inside ? points[from + at - down * width - right] : 0;
        target[to + at] = (value - mean[at]) / scale;
      }
    }
  });
}

/** Uniform in +-sqrt(6 / fan in) (He et al. 2015, arXiv 1502.01852), biases 0. */
function initialParameters(engine: Engine, widths: readonly number[], seed: number): Float32Array {
  const { layers, size } = denseLayers(widths);
  const drawn = uniforms(engine, size, { seed, purpose: Purpose.classifier });
  for (const { fanIn, weights, bias, fanOut } of layers) {
    const bound = Math.sqrt(6 / fanIn);
    for (let i = weights; i < bias; i++) drawn[i] = (2 * drawn[i] - 1) * bound;
    drawn.fill(0, bias, bias + fanOut);
  }
  return drawn;
}

/** Mean of each column, and the root of the mean variance; 1 of constant rows. */
function spreadOf(points: Float32Array, dimension: number): { readonly mean: Float32Array; readonly scale: number } {
  const rows = rowsIn(points, dimension);
  const mean = new Float64Array(dimension);
  for (let at = 0; at < points.length; ) for (let k = 0; k < dimension; k++, at++) mean[k] += points[at] / rows;
  let square = 0;
  for (let at = 0; at < points.length; )
    for (let k = 0; k < dimension; k++, at++) square += (points[at] - mean[k]) ** 2;
  return { mean: Float32Array.from(mean), scale: Math.sqrt(square / points.length) || 1 };
}
