import type { JacobianDenoiser, LevelDenoiser } from "../diffusion/jacobian-denoiser.js";
import type { Preconditioning } from "../diffusion/parameterization.js";
import { parameterizations } from "../diffusion/parameterizations/index.js";
import type { NoiseLevel } from "../diffusion/schedule.js";
import { requireFloats } from "../errors.js";
import { type Engine, portableMath } from "../kernels/index.js";
import { type Float64Activation, float64Activation } from "./float64-activations.js";
import { noiseFeatures } from "./levels.js";
import {
  conditionWidth,
  hasFilm,
  joinedLayers,
  type LinearMap,
  layoutOf,
  type NetworkSpec,
  normalizationEpsilon,
  normalizedWidths,
} from "./spec.js";

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
  /** Over how many sums their root mean square is taken, by which they are divided; absent: they are not. */
  readonly normalized?: number;
  /** Factors and terms of its sums, of no class; absent: they are left as they are. */
  readonly modulation?: { readonly gains: Float64Array; readonly shifts: Float64Array };
}

/**
 * A score network in float64 arithmetic with its Jacobian by forward mode: d tangents pass through the layers with the slopes that the point left
 * behind. Parameters and noise features are the float32 numbers of the network itself, so that it is the same function but for the rounding of its
 * arithmetic.
 */
export function networkFloat64(spec: NetworkSpec, parameters: Float32Array): JacobianDenoiser {
  const { size } = layoutOf(spec);
  requireFloats("parameters", parameters, size);
  const layers = layersOf(spec, parameters);
  const scratch = scratchOf(spec, layers);
  return {
    dimension: spec.dimension,
    at: (engine, level) =>
      new NetworkLevel(engine, spec, layersAt(engine, spec, parameters, layers, level), scratch, level),
  };
}

function layersOf(spec: NetworkSpec, parameters: Float32Array): Layer[] {
  const joined = joinedLayers(spec);
  const maps = layoutOf(spec).maps.filter(({ role }) => role === "layer");
  return maps.map((map, layer) => {
    const hidden = layer < spec.hidden.length;
    return {
      ...tensorsOf(map, parameters),
      hidden,
      ...(hidden && spec.normalization === "rms" && { normalized: normalizedWidths(spec)[layer] }),
      joined: joined[layer] ?? false,
    };
  });
}

function tensorsOf({ fanIn, fanOut, offset }: LinearMap, parameters: Float32Array) {
  const middle = offset + fanIn * fanOut;
  return {
    fanIn,
    fanOut,
    weights: Float64Array.from(parameters.subarray(offset, middle)),
    bias: Float64Array.from(parameters.subarray(middle, middle + fanOut)),
  };
}

/** The layers at a noise level, for a point without a class: they take the point alone. */
function layersAt(
  engine: Engine,
  spec: NetworkSpec,
  parameters: Float32Array,
  layers: readonly Layer[],
  { logSnr }: NoiseLevel,
): readonly Layer[] {
  const features = noiseFeatures(engine, Float64Array.of(logSnr), spec.noiseFeatures);
  if (!hasFilm(spec)) return [entranceOf(spec, layers[0], features), ...layers.slice(1)];
  const condition = new Float64Array(conditionWidth(spec));
  condition.set(features);
  if (spec.classes !== undefined) condition[condition.length - 1] = 1;
  const given = (role: LinearMap["role"], layer: number) => {
    const map = layoutOf(spec).maps.find((each) => each.role === role && each.layer === layer) as LinearMap;
    const { fanIn, weights, bias } = tensorsOf(map, parameters);
    return bias.map((value, o) => condition.reduce((sum, c, i) => sum + weights[o * fanIn + i] * c, value));
  };
  return layers.map((layer, at) => {
    if (!layer.hidden) return layer;
    return { ...layer, modulation: { gains: given("scale", at).map((s) => 1 + s), shifts: given("shift", at) } };
  });
}

/** What all levels share, for one point at a time. */
interface Scratch {
  /** What the activation of each layer takes at the point that is held, what it makes of it, and what leaves the layer. */
  readonly sums: readonly Float64Array[];
  readonly values: readonly Float64Array[];
  readonly outputs: readonly Float64Array[];
  /** Sums of modulated layers, divided by their root mean square where they are normalized, and 1 / that. */
  readonly bases: readonly Float64Array[];
  readonly inverses: Float64Array;
  readonly slopes: Float64Array;
  readonly input: Float64Array;
  /** Tangents, [d, widest]. */
  readonly even: Float64Array;
  readonly odd: Float64Array;
}

function scratchOf({ dimension }: NetworkSpec, layers: readonly Layer[]): Scratch {
  const widest = Math.max(...layers.map(({ fanOut }) => fanOut));
  const perLayer = () => layers.map(({ fanOut }) => new Float64Array(fanOut));
  const tangents = () => new Float64Array(dimension * widest);
  return {
    sums: perLayer(),
    values: perLayer(),
    outputs: perLayer(),
    bases: perLayer(),
    inverses: new Float64Array(layers.length),
    slopes: new Float64Array(widest),
    input: new Float64Array(dimension),
    even: tangents(),
    odd: tangents(),
  };
}

/** A network at a noise level. */
export class NetworkLevel implements LevelDenoiser {
  readonly #layers: readonly Layer[];
  readonly #activation: Float64Activation;
  readonly #scratch: Scratch;
  readonly #dimension: number;
  readonly #coefficients: Preconditioning;

  constructor(engine: Engine, spec: NetworkSpec, layers: readonly Layer[], scratch: Scratch, level: NoiseLevel) {
    this.#layers = layers;
    this.#activation = float64Activation(spec.activation, portableMath(engine));
    this.#scratch = scratch;
    this.#dimension = spec.dimension;
    this.#coefficients = parameterizations[spec.parameterization].at(level, spec.sigmaData);
  }

  denoise(x: Float64Array, denoised: Float64Array): void {
    const { cIn, cSkip, cOut } = this.#coefficients;
    const { input, values, outputs } = this.#scratch;
    for (let j = 0; j < input.length; j++) input[j] = cIn * x[j];
    let from = input;
    this.#layers.forEach((layer, at) => {
      const sums = this.#sum(layer, at, from);
      const { hidden, joined } = layer;
      for (let o = 0; o < sums.length; o++) {
        const h = hidden ? this.#activation.value(sums[o]) : sums[o];
        values[at][o] = h;
        outputs[at][o] = joined ? h + from[o] : h;
      }
      from = outputs[at];
    });
    for (let i = 0; i < denoised.length; i++) denoised[i] = cSkip * x[i] + cOut * from[i];
  }

  /** W from + b, normalized and modulated where the layer is. */
  #sum({ modulation, normalized, ...layer }: Layer, at: number, from: Float64Array): Float64Array {
    const { sums, bases, inverses } = this.#scratch;
    const [to, base] = [sums[at], bases[at]];
    multiply(layer, from, 0, to, 0);
    for (let o = 0; o < to.length; o++) to[o] += layer.bias[o];
    if (!modulation) return to;
    inverses[at] = normalized ? 1 / Math.sqrt(dot(to, to, 0) / normalized + normalizationEpsilon) : 1;
    for (let o = 0; o < to.length; o++) {
      base[o] = to[o] * inverses[at];
      to[o] = base[o] * modulation.gains[o] + modulation.shifts[o];
    }
    return to;
  }

  jacobian(jacobian: Float64Array): void {
    const { cIn, cSkip, cOut } = this.#coefficients;
    const d = this.#dimension;
    let { even: from, odd: to } = this.#scratch;
    this.#layers.forEach((layer, at) => {
      if (at === 0) transpose(layer, from);
      else {
        for (let j = 0; j < d; j++) multiply(layer, from, j * layer.fanIn, to, j * layer.fanOut);
      }
      const [next, before] = at === 0 ? [from, undefined] : [to, from];
      if (layer.hidden) this.#bend(layer, at, next, before);
      if (at > 0) [from, to] = [to, from];
    });
    for (let j = 0; j < d; j++) {
      for (let i = 0; i < d; i++) jacobian[i * d + j] = (i === j ? cSkip : 0) + cOut * cIn * from[j * d + i];
    }
  }

  /** Tangents scaled by the slopes of a hidden layer at the point that is held; a joined layer adds what came in. */
  #bend(layer: Layer, at: number, tangents: Float64Array, before: Float64Array | undefined): void {
    const { fanOut, joined, modulation, normalized } = layer;
    const { sums, values, slopes, bases, inverses } = this.#scratch;
    for (let o = 0; o < fanOut; o++) {
      const slope = this.#activation.slope(sums[at][o], values[at][o]);
      slopes[o] = modulation ? slope * modulation.gains[o] * inverses[at] : slope;
    }
    for (let start = 0; normalized && start < this.#dimension * fanOut; start += fanOut) {
      const mean = dot(bases[at], tangents, start) / normalized;
      for (let o = 0; o < fanOut; o++) tangents[start + o] -= mean * bases[at][o];
    }
    for (let start = 0; start < this.#dimension * fanOut; start += fanOut) {
      for (let o = 0; o < fanOut; o++) {
        tangents[start + o] = slopes[o] * tangents[start + o] + (joined && before ? before[start + o] : 0);
      }
    }
  }
}

/** The first layer over the point alone: what the noise features add is the same for all points of a level, and goes to the bias. */
function entranceOf({ dimension }: NetworkSpec, first: Layer, features: Float32Array): Layer {
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

/** to = W from, of a vector that begins at `start` to one that begins at `end`: four rows at a time, so that the vector is read once for them. */
function multiply(
  layer: Pick<Layer, "fanIn" | "fanOut" | "weights">,
  from: Float64Array,
  start: number,
  to: Float64Array,
  end: number,
): void {
  const { fanIn, fanOut, weights } = layer;
  let o = 0;
  for (; o + 3 < fanOut; o += 4) {
    const [a, b, c, d] = [o * fanIn, (o + 1) * fanIn, (o + 2) * fanIn, (o + 3) * fanIn];
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let i = 0; i < fanIn; i++) {
      const value = from[start + i];
      s0 += weights[a + i] * value;
      s1 += weights[b + i] * value;
      s2 += weights[c + i] * value;
      s3 += weights[d + i] * value;
    }
    to[end + o] = s0;
    to[end + o + 1] = s1;
    to[end + o + 2] = s2;
    to[end + o + 3] = s3;
  }
  for (; o < fanOut; o++) {
    let sum = 0;
    for (let i = 0; i < fanIn; i++) sum += weights[o * fanIn + i] * from[start + i];
    to[end + o] = sum;
  }
}

/** Sum of a[i] b[start + i]. */
function dot(a: Float64Array, b: Float64Array, start: number): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[start + i];
  return sum;
}

/** What the layer makes of the unit vectors. */
function transpose({ fanIn, fanOut, weights }: Layer, to: Float64Array): void {
  for (let o = 0; o < fanOut; o++) {
    for (let j = 0; j < fanIn; j++) to[j * fanOut + o] = weights[o * fanIn + j];
  }
}
