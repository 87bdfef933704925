import {
  ArgumentError,
  requireFloats,
  requireInteger,
  requireLength,
  requireNumbers,
  requireObject,
} from "../errors.js";

/** What a report pictures: row-major float32 [rows, dimension], in data units. Some hundred to some thousand rows are enough. */
export interface ReportSamples {
  readonly dimension: number;
  readonly federated: Float32Array;
  /** Held-out data. */
  readonly data: Float32Array;
  /** Samples of the dense reference. */
  readonly reference?: Float32Array;
  /** [height, width] where rows are grey images. */
  readonly imageShape?: readonly [number, number];
  /** [height, width] where rows are colour images: the red plane, the green one, the blue one. */
  readonly colourShape?: readonly [number, number];
  /** Values shown as none and all of the light; absent: [0, 1]. */
  readonly imageRange?: readonly [number, number];
}

/** @throws ArgumentError or ArgumentTypeError naming what is not as it must be. */
export function requireSamples(samples: ReportSamples): void {
  const { dimension, federated, data, reference = new Float32Array(0) } = requireObject("samples", samples);
  requireInteger("samples.dimension", dimension, 1);
  for (const [name, rows] of Object.entries({ federated, data, reference })) {
    const argument = `samples.${name}`;
    requireFloats(argument, rows);
    if (rows.length % dimension === 0) continue;
    throw new ArgumentError(argument, `must have a multiple of ${dimension} numbers`, rows.length);
  }
  requireImages(samples);
}

function requireImages({ dimension, imageShape, colourShape, imageRange }: ReportSamples): void {
  if (imageRange !== undefined) requirePair("samples.imageRange", imageRange);
  if (imageShape !== undefined) requirePixels("samples.imageShape", imageShape, dimension);
  if (colourShape !== undefined) requirePixels("samples.colourShape", colourShape, dimension / 3);
}

function requirePixels(argument: string, shape: readonly [number, number], pixels: number): void {
  requirePair(argument, shape);
  if (shape[0] * shape[1] === pixels) return;
  throw new ArgumentError(argument, `must have ${pixels} pixels`, shape.join(" x "));
}

function requirePair(argument: string, pair: readonly number[]): void {
  requireNumbers(argument, pair);
  requireLength(argument, pair, 2);
}
