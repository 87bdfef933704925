import { finiteEntries } from "../data/finite.js";
import { requireRows, rowsIn } from "../data/rows.js";
import {
  requireArray,
  requireFloats,
  requireInteger,
  requireLength,
  requireNumber,
  requireObject,
  requireTyped,
} from "../errors.js";
import { type Engine, requireEngine } from "../kernels/index.js";
import { ClassifierNetwork, denseLayers, type LayerOutput } from "./classifier-network.js";
import { softmax } from "./cross-entropy.js";
import type { Classifier } from "./train-classifier.js";

const blockRows = 512;

/** Rows as a classifier sees them. */
export interface Classified {
  /** Activations of the last hidden layer, float32 [rows, featureWidth]. */
  readonly features: Float32Array;
  readonly featureWidth: number;
  /** float32 [rows, classes]. */
  readonly probabilities: Float32Array;
  /** The most probable class of each row, as its place in the classifier's classes: int32 [rows]. */
  readonly predicted: Int32Array;
}

/**
 * Features and class probabilities of rows, float32 [rows, widths[0]].
 * @throws ArgumentError or ArgumentTypeError for what is no classifier; FedscoreError FEDSCORE_NON_FINITE for rows with NaN or Infinity.
 */
export function classify(engine: Engine, classifier: Classifier, points: Float32Array): Classified {
  const { widths, mean, scale, classes } = requireClassifier(classifier);
  const [dimension] = widths;
  requireRows("points", points, dimension);
  const rows = rowsIn(points, dimension);
  const featureWidth = widths[widths.length - 2];
  const features = new Float32Array(rows * featureWidth);
  const probabilities = new Float32Array(rows * classes.length);
  requireEngine(engine).arena.scope(() => {
    const network = new ClassifierNetwork(engine, widths, blockRows);
    network.parameters.array.set(classifier.parameters);
    network.pack();
    const input = engine.arena.floats(blockRows * dimension);
    for (let first = 0; first < rows; first += blockRows) {
      const count = Math.min(blockRows, rows - first);
      const target = input.array;
      for (let at = 0, from = first * dimension; at < count * dimension; )
        for (let k = 0; k < dimension; k++, at++, from++) target[at] = (points[from] - mean[k]) / scale;
      network.forward(input.pointer, count);
      copyRows(engine, network.features, count, features, first);
      copyRows(engine, network.logits, count, probabilities, first);
    }
  });
  finiteEntries("classify().features", features);
  softmax(engine, probabilities, rows, classes.length, classes.length);
  return { features, featureWidth, probabilities, predicted: largestOf(probabilities, classes.length) };
}

function requireClassifier(classifier: Classifier): Classifier {
  const { classes, widths, mean, scale, parameters } = requireObject("classifier", classifier);
  requireTyped("classifier.classes", classes, Int32Array);
  requireArray("classifier.widths", widths);
  requireInteger("classifier.widths.length", widths.length, 3);
  for (const [index, width] of widths.entries()) requireInteger(`classifier.widths[${index}]`, width, 1, 2 ** 20);
  requireLength("classifier.classes", classes, widths[widths.length - 1]);
  requireFloats("classifier.mean", mean, widths[0]);
  requireNumber("classifier.scale", scale, "must be > 0", (value) => value > 0);
  requireFloats("classifier.parameters", parameters, denseLayers(widths).size);
  return classifier;
}

/** The rows of a layer's output without their padding, to rows `first` and on of `target`. */
function copyRows(engine: Engine, output: LayerOutput, rows: number, target: Float32Array, first: number): void {
  const { pointer, width, stride } = output;
  const source = new Float32Array(engine.arena.buffer, pointer, rows * stride);
  for (let row = 0; row < rows; row++)
    target.set(source.subarray(row * stride, row * stride + width), (first + row) * width);
}

/** The place of the largest number in each row; of equal ones the first. */
function largestOf(values: Float32Array, width: number): Int32Array {
  const places = new Int32Array(values.length / width);
  for (let row = 0, at = 0; row < places.length; row++, at += width)
    for (let k = 1; k < width; k++) if (values[at + k] > values[at + places[row]]) places[row] = k;
  return places;
}
