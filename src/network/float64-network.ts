import type { JacobianDenoiser, LevelDenoiser } from "../diffusion/jacobian-denoiser.js";
import { parameterizations } from "../diffusion/parameterizations/index.js";
import type { NoiseLevel } from "../diffusion/schedule.js";
import { requireFloats } from "../errors.js";
import type { Engine } from "../kernels/index.js";
import { type Float64Activation, float64Activations } from "./float64-activations.js";
import { noiseFeatures } from "./levels.js";
import { joinedLayers, layoutOf, type NetworkSpec } from "./spec.js";

/** A dense layer in float64. */
interface Layer {
  readonly fanIn: number;
  readonly fanOut: number;
  /** [fanOut, fanIn]. */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
  readonly hidden: boolean;
  /** Adds its input to its output. */
  readonly joined: boolean;
}

/**
 * A score network in float64 arithmetic with its Jacobian by forward mode: the point and d tangents pass through the layers side by side. Parameters
 * and noise features are the float32 numbers of the network itself, so that it is the same function but for the rounding of its arithmetic.
 */
export function networkFloat64(spec: NetworkSpec, parameters: Float32Array): JacobianDenoiser {
  const { size } = layoutOf(spec);
  requireFloats("parameters", parameters, size);
  const layers = layersOf(spec, parameters);
  return { dimension: spec.dimension, at: (engine, level) => atLevel(engine, spec, layers, level) };
}

function layersOf(spec: NetworkSpec, parameters: Float32Array): Layer[] {
  const { entries, widths } = layoutOf(spec);
  const joined = joinedLayers(spec);
  const tensor = (at: number) => {
    const { offset, length } = entries[at];
    return Float64Array.from(parameters.subarray(offset, offset + length));
  };
  return widths.slice(0, -1).map((fanIn, layer) => ({
    fanIn,
    fanOut: widths[layer + 1],
    weights: tensor(2 * layer),
    bias: tensor(2 * layer + 1),
    hidden: layer < spec.hidden.length,
    joined: joined[layer] ?? false,
  }));
}

function atLevel(engine: Engine, spec: NetworkSpec, layers: readonly Layer[], level: NoiseLevel): LevelDenoiser {
  const { dimension } = spec;
  const { cIn, cSkip, cOut } = parameterizations[spec.parameterization].at(level, spec.sigmaData);
  const [first, ...rest] = layers;
  const entrance = entranceOf(engine, spec, first, level);
  const widest = Math.max(...layers.map(({ fanOut }) => fanOut));
  const room = () => new Float64Array((dimension + 1) * widest);
  const [even, odd] = [room(), room()];
  // The point, then the unit vectors.
  const start = new Float64Array((dimension + 1) * dimension);
  for (let j = 0; j < dimension; j++) start[(j + 1) * dimension + j] = 1;
  const activation = float64Activations[spec.activation];

  const pass = (layer: Layer, from: Float64Array, to: Float64Array, columns: number) => {
    multiply(layer, from, to, columns);
    if (layer.hidden) activate(layer, activation, from, to, columns);
  };
  return {
    denoise(x, denoised, jacobian) {
      const columns = jacobian ? dimension + 1 : 1;
      for (let j = 0; j < dimension; j++) start[j] = cIn * x[j];
      pass(entrance, start, even, columns);
      let from = even;
      let to = odd;
      for (const layer of rest) {
        pass(layer, from, to, columns);
        const next = from;
        from = to;
        to = next;
      }
      for (let i = 0; i < dimension; i++) denoised[i] = cSkip * x[i] + cOut * from[i];
      if (!jacobian) return;
      for (let j = 0; j < dimension; j++) {
        const column = (j + 1) * dimension;
        for (let i = 0; i < dimension; i++) {
          jacobian[i * dimension + j] = (i === j ? cSkip : 0) + cOut * cIn * from[column + i];
        }
      }
    },
  };
}

/** The first layer over the point alone: what the noise features add is the same for all points of a level, and goes to the bias. */
function entranceOf(engine: Engine, spec: NetworkSpec, first: Layer, level: NoiseLevel): Layer {
  const { dimension, noiseFeatures: count } = spec;
  const features = noiseFeatures(engine, Float64Array.of(level.logSnr), count);
  const bias = first.bias.map((value, o) => {
    const row = first.weights.subarray(o * first.fanIn + dimension, (o + 1) * first.fanIn);
    return row.reduce((sum, weight, f) => sum + weight * features[f], value);
  });
  const weights = new Float64Array(first.fanOut * dimension);
  for (let o = 0; o < first.fanOut; o++) {
    weights.set(first.weights.subarray(o * first.fanIn, o * first.fanIn + dimension), o * dimension);
  }
  return { ...first, fanIn: dimension, weights, bias };
}

/** to = W from for each column, plus the bias in the first, which is the point; columns are contiguous. */
function multiply(
  { fanIn, fanOut, weights, bias }: Layer,
  from: Float64Array,
  to: Float64Array,
  columns: number,
): void {
  for (let column = 0; column < columns; column++) {
    const source = column * fanIn;
    for (let o = 0; o < fanOut; o++) {
      const sum = dot(weights, o * fanIn, from, source, fanIn);
      to[column * fanOut + o] = column === 0 ? sum + bias[o] : sum;
    }
  }
}

/** h = act(z), tangents scaled by its slope; a joined layer adds what came in. */
function activate(
  { fanIn, fanOut, joined }: Layer,
  { value, slope }: Float64Activation,
  from: Float64Array,
  to: Float64Array,
  columns: number,
): void {
  for (let o = 0; o < fanOut; o++) {
    const z = to[o];
    const h = value(z);
    const s = columns > 1 ? slope(z, h) : 0;
    to[o] = joined ? h + from[o] : h;
    for (let column = 1; column < columns; column++) {
      const at = column * fanOut + o;
      to[at] = s * to[at] + (joined ? from[column * fanIn + o] : 0);
    }
  }
}

function dot(a: Float64Array, aStart: number, b: Float64Array, bStart: number, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += a[aStart + i] * b[bStart + i];
    s1 += a[aStart + i + 1] * b[bStart + i + 1];
    s2 += a[aStart + i + 2] * b[bStart + i + 2];
    s3 += a[aStart + i + 3] * b[bStart + i + 3];
  }
  for (; i < length; i++) s0 += a[aStart + i] * b[bStart + i];
  return s0 + s1 + (s2 + s3);
}
