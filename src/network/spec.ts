import type { ParameterizationName } from "../diffusion/parameterizations/index.js";
import { ArgumentError, ArgumentTypeError, requireArray, requireLength } from "../errors.js";
import { filledSettings, type Given, wholeSettings } from "../family.js";
import { requireOptions } from "../options.js";
import { type Activation, networkFields } from "./network-fields.js";

/** A multilayer perceptron over [cIn x, features of log snr]. Plain data: it travels to workers and into files. */
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
  /** Number of noise-level features, even: half sines, half cosines of multiples of log snr. */
  readonly noiseFeatures: number;
  /** What the network predicts. */
  readonly parameterization: ParameterizationName;
  /** Standard deviation of the data per coordinate, used by "edm". */
  readonly sigmaData: number;
}

/** A specification as a person writes it: what has a default may be absent. */
export type NetworkOptions = Given<typeof networkFields> & Pick<NetworkSpec, "joints">;

const networkKeys = [...Object.keys(networkFields), "joints"];

/**
 * The specification with its defaults, checked.
 * @throws ArgumentError or ArgumentTypeError naming the first setting that is out of range, as `${argument}.hidden[1]`.
 */
export function completeNetwork(argument: string, given: NetworkOptions): NetworkSpec {
  const { joints } = requireOptions(argument, given, networkKeys);
  return withJoints(argument, filledSettings(networkFields, argument, given), joints);
}

/**
 * A copy of a specification that has all its settings.
 * @throws ArgumentError or ArgumentTypeError naming the first one that is absent or out of range.
 */
export function requireNetwork(argument: string, spec: object): NetworkSpec {
  const { joints }: { readonly joints?: readonly boolean[] } = requireOptions(argument, spec, networkKeys);
  return withJoints(argument, wholeSettings(networkFields, argument, spec), joints);
}

function withJoints(argument: string, spec: NetworkSpec, joints: NetworkSpec["joints"]): NetworkSpec {
  if (joints === undefined) return spec;
  requireJoints(`${argument}.joints`, spec.hidden, joints);
  return { ...spec, joints };
}

/** A tensor's place in the flat parameter vector. */
export interface ParameterEntry {
  /** PyTorch's name of the same tensor in a ModuleList of Linear layers: "layers.0.weight". */
  readonly name: string;
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
  /** [dimension + noiseFeatures, ...hidden, dimension]. */
  readonly widths: readonly number[];
}

/** More than any engine can hold, few enough to count. */
const mostParameters = 2 ** 32;

const layouts = new WeakMap<NetworkSpec, ParameterLayout>();

/**
 * Widths w_0 ... w_L; layer l has weight [w_{l+1}, w_l] then bias [w_{l+1}], one after the other from offset 0.
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
  const widths = [spec.dimension + spec.noiseFeatures, ...spec.hidden, spec.dimension];
  const entries: ParameterEntry[] = [];
  let offset = 0;
  for (let layer = 0; layer + 1 < widths.length; layer++) {
    const [fanIn, fanOut] = [widths[layer] as number, widths[layer + 1] as number];
    entries.push({
      name: `layers.${layer}.weight`,
      layer,
      kind: "weight",
      offset,
      length: fanIn * fanOut,
      shape: [fanOut, fanIn],
    });
    offset += fanIn * fanOut;
    entries.push({ name: `layers.${layer}.bias`, layer, kind: "bias", offset, length: fanOut, shape: [fanOut] });
    offset += fanOut;
  }
  if (offset > mostParameters)
    throw new ArgumentError("network.hidden", `must give the network at most ${mostParameters} parameters`, offset);
  return { entries, size: offset, widths };
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
