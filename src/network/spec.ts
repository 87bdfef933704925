import type { ParameterizationName } from "../diffusion/parameterizations/index.js";
import { ArgumentError, ArgumentTypeError, requireArray, requireInteger, requireLength } from "../errors.js";
import { filledSettings, type Given, wholeSettings } from "../family.js";
import { requireOptions } from "../options.js";
import { type Activation, type Conditioning, type Normalization, networkFields } from "./network-fields.js";

/** A multilayer perceptron over cIn x that knows the noise level and, where it has classes, a class. Plain data: it travels to workers and into files. */
export interface NetworkSpec {
  /** Data dimension d: inputs and outputs. */
  readonly dimension: number;
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
  readonly activation: Activation;
  /** Adds each hidden layer's input, from the second on, to its output where both have the same width; joined layers share pruning indices. */
  readonly residual: boolean;
  /**
   * Which hidden layers add their input to their output, one entry each, in place of the rule of `residual`. An extracted
   * network carries the joints of the one it was cut from: layers that pruning made equally wide stay unjoined.
   */
  readonly joints?: readonly boolean[] | undefined;
  /**
   * Widths over which the normalization of each hidden layer takes its mean, in place of `hidden`. An extracted network carries those of the
   * one it was cut from, so that it computes what that one computes with zeros in it.
   */
  readonly normalizedWidths?: readonly number[] | undefined;
  /** Number of noise-level features, even: half sines, half cosines of multiples of log snr. */
  readonly noiseFeatures: number;
  /** How the noise level and the class enter; absent: "input". See networkFields. */
  readonly conditioning?: Conditioning | undefined;
  /** Of the sums of each hidden layer, before they are scaled and shifted; absent: "none". Needs conditioning "film". */
  readonly normalization?: Normalization | undefined;
  /** Number of classes K that a point may belong to; absent: it has none. Needs conditioning "film". */
  readonly classes?: number | undefined;
  /** What the network predicts. */
  readonly parameterization: ParameterizationName;
  /** Standard deviation of the data per coordinate, used by "edm". */
  readonly sigmaData: number;
}

/** A specification as a person writes it: what has a default may be absent. */
export type NetworkOptions = Given<typeof networkFields> & Derived;

/** What follows from the network that one was cut from. */
type Derived = Pick<NetworkSpec, "joints" | "normalizedWidths">;

/** Keys of a specification. */
export const networkKeys: readonly string[] = [...Object.keys(networkFields), "joints", "normalizedWidths"];

/**
 * The specification with its defaults, checked.
 * @throws ArgumentError or ArgumentTypeError naming the first setting that is out of range, as `${argument}.hidden[1]`.
 */
export function completeNetwork(argument: string, given: NetworkOptions): NetworkSpec {
  const derived: Derived = requireOptions(argument, given, networkKeys);
  return withDerived(argument, filledSettings(networkFields, argument, given), derived);
}

/**
 * A copy of a specification that has all its settings.
 * @throws ArgumentError or ArgumentTypeError naming the first one that is absent or out of range.
 */
export function requireNetwork(argument: string, spec: object): NetworkSpec {
  const derived: Derived = requireOptions(argument, spec, networkKeys);
  return withDerived(argument, wholeSettings(networkFields, argument, spec), derived);
}

function withDerived(argument: string, spec: NetworkSpec, { joints, normalizedWidths }: Derived): NetworkSpec {
  requireFilm(argument, spec);
  if (joints !== undefined) requireJoints(`${argument}.joints`, spec.hidden, joints);
  if (normalizedWidths !== undefined) {
    requireNormalizedWidths(`${argument}.normalizedWidths`, spec.hidden, normalizedWidths);
  }
  return { ...spec, ...(joints && { joints }), ...(normalizedWidths && { normalizedWidths }) };
}

function requireNormalizedWidths(argument: string, hidden: readonly number[], widths: readonly number[]): void {
  requireArray(argument, widths);
  requireLength(argument, widths, hidden.length);
  widths.forEach((width, layer) => {
    requireInteger(`${argument}[${layer}]`, width, hidden[layer]);
  });
}

/** Throws unless what needs feature-wise modulation has it. */
function requireFilm(argument: string, spec: NetworkSpec): void {
  if (hasFilm(spec)) return;
  const rule = 'needs conditioning "film"';
  if (spec.normalization === "rms") throw new ArgumentError(`${argument}.normalization`, rule, spec.normalization);
  if (spec.classes !== undefined) throw new ArgumentError(`${argument}.classes`, rule, spec.classes);
}

/** Whether the noise level and the class scale and shift the sums of each hidden layer. */
export function hasFilm({ conditioning }: Pick<NetworkSpec, "conditioning">): boolean {
  return conditioning === "film";
}

/** Numbers that say the noise level and the class: the noise features, then one of each class and of none, which is 1 where it is the point's. */
export function conditionWidth({ noiseFeatures, classes }: Pick<NetworkSpec, "noiseFeatures" | "classes">): number {
  return noiseFeatures + (classes === undefined ? 0 : classes + 1);
}

/** Numbers of a training row: the point and, where the network has classes, its class, an integer in [0, classes). */
export function rowWidth({ dimension, classes }: Pick<NetworkSpec, "dimension" | "classes">): number {
  return dimension + (classes === undefined ? 0 : 1);
}

/** What normalization adds to the mean square of a layer's sums: that of assembly/film.ts, which is a float32. */
export const normalizationEpsilon = Math.fround(1e-5);

/** A linear map of the network, y = W x + b: its weight [fanOut, fanIn], then its bias [fanOut], in the flat parameter vector. */
export interface LinearMap {
  /** PyTorch's name of the module: "layers.0", "scales.0", "shifts.0". */
  readonly name: string;
  readonly role: "layer" | "scale" | "shift";
  /** Position among those of its role, which is that of the hidden layer whose sums it makes, scales or shifts. */
  readonly layer: number;
  readonly fanIn: number;
  readonly fanOut: number;
  /** First index in the flat parameter vector. */
  readonly offset: number;
  /** Which units go out and in: positions in `ParameterLayout.units`. */
  readonly rows: number;
  readonly columns: number;
}

/** A tensor's place in the flat parameter vector. */
export interface ParameterEntry {
  /** PyTorch's name of the same tensor in a ModuleList of Linear layers: "layers.0.weight". */
  readonly name: string;
  /** Position in `ParameterLayout.maps` of the map that it belongs to. */
  readonly layer: number;
  readonly kind: "weight" | "bias";
  /** First index in the flat parameter vector. */
  readonly offset: number;
  readonly length: number;
  /** weight: [out, in] row-major, as in PyTorch; bias: [out]. */
  readonly shape: readonly number[];
}

/** Where each tensor lies in the flat parameter vector. */
export interface ParameterLayout {
  readonly entries: readonly ParameterEntry[];
  /** Length P of the flat vector. */
  readonly size: number;
  /** `[inputs, ...hidden, dimension]`: inputs are dimension + noiseFeatures, with conditioning "film" dimension alone. */
  readonly widths: readonly number[];
  /** Units that maps lead from and to: `widths`, then the width of the conditions where the network is modulated. */
  readonly units: readonly number[];
  /** The layers, then of each hidden layer its scale and its shift where the network is modulated. */
  readonly maps: readonly LinearMap[];
}

/** More than any engine can hold, few enough to count. */
const mostParameters = 2 ** 32;

const layouts = new WeakMap<NetworkSpec, ParameterLayout>();

/**
 * Widths w_0 ... w_L; layer l has weight [w_{l+1}, w_l] then bias [w_{l+1}], one after the other from offset 0. With conditioning
 * "film" the scale and the shift of each hidden layer follow, each a weight [w_{l+1}, conditionWidth] and a bias [w_{l+1}].
 * @throws ArgumentError or ArgumentTypeError naming what is wrong with the specification, as spec.hidden[1].
 */
export function layoutOf(spec: NetworkSpec): ParameterLayout {
  const known = layouts.get(spec);
  if (known) return known;
  const layout = layOut(spec);
  layouts.set(spec, layout);
  return layout;
}

function layOut(spec: NetworkSpec): ParameterLayout {
  requireNetwork("spec", spec);
  const film = hasFilm(spec);
  const condition = conditionWidth(spec);
  const widths = [film ? spec.dimension : spec.dimension + condition, ...spec.hidden, spec.dimension];
  const units = film ? [...widths, condition] : widths;
  const places = widths
    .slice(1)
    .map((_, layer) => ({ role: "layer", layer, rows: layer + 1, columns: layer }) as const);
  const modulations = spec.hidden.flatMap((_, layer) => {
    const place = { layer, rows: layer + 1, columns: widths.length };
    return [{ role: "scale", ...place } as const, { role: "shift", ...place } as const];
  });
  let offset = 0;
  const maps = (film ? [...places, ...modulations] : places).map((place): LinearMap => {
    const [fanIn, fanOut] = [units[place.columns], units[place.rows]];
    const map = { ...place, name: `${place.role}s.${place.layer}`, fanIn, fanOut, offset };
    offset += (fanIn + 1) * fanOut;
    return map;
  });
  if (offset > mostParameters)
    throw new ArgumentError("network.hidden", `must give the network at most ${mostParameters} parameters`, offset);
  return { entries: maps.flatMap(entriesOf), size: offset, widths, units, maps };
}

function entriesOf({ name, fanIn, fanOut, offset }: LinearMap, layer: number): ParameterEntry[] {
  const length = fanIn * fanOut;
  return [
    { name: `${name}.weight`, layer, kind: "weight", offset, length, shape: [fanOut, fanIn] },
    { name: `${name}.bias`, layer, kind: "bias", offset: offset + length, length: fanOut, shape: [fanOut] },
  ];
}

/** Throws unless explicit joints have an entry for each hidden layer, leave the first alone and join equal widths. */
function requireJoints(argument: string, hidden: readonly number[], joints: readonly boolean[]): void {
  requireArray(argument, joints);
  requireLength(argument, joints, hidden.length);
  joints.forEach((joined, index) => {
    const place = `${argument}[${index}]`;
    if (typeof joined !== "boolean") throw new ArgumentTypeError(place, "must be true or false", joined);
    if (!joined) return;
    if (index === 0)
      throw new ArgumentError(place, "must be false: the first hidden layer has no layer to join", joined);
    const [before, width] = [hidden[index - 1], hidden[index]];
    if (before !== width)
      throw new ArgumentError(place, `needs equal widths, hidden is ${before} then ${width}`, joined);
  });
}

/** For each hidden layer: over how many sums its normalization takes the mean. */
export function normalizedWidths({ hidden, normalizedWidths }: NetworkSpec): readonly number[] {
  return normalizedWidths ?? hidden;
}

/** For each hidden layer: does it add its input to its output? Never the first, whose input is the network's. */
export function joinedLayers({ hidden, joints, residual }: NetworkSpec): readonly boolean[] {
  return joints ?? hidden.map((width, index) => residual && index > 0 && hidden[index - 1] === width);
}

/** Indices of hidden layers (0-based) whose neurons must be kept together because a residual joins them. */
export function residualGroups(spec: NetworkSpec): number[][] {
  const groups: number[][] = [];
  joinedLayers(spec).forEach((joined, index) => {
    const last = groups.at(-1);
    if (joined && last) last.push(index);
    else groups.push([index]);
  });
  return groups;
}
