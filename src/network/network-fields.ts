import { parameterizations } from "../diffusion/parameterizations/index.js";
import { boolean, choice, even, integer, integers, nameIn, number, optional, required } from "../fields.js";
import type { Epilogue } from "../kernels/index.js";

/** Activations of hidden layers. */
export const activations = ["silu", "relu", "gelu", "tanh"] as const satisfies readonly (keyof typeof Epilogue)[];

/** "gelu" is the tanh form, z (1 + tanh(sqrt(2 / pi) (z + 0.044715 z^3))) / 2, and not the one with erf. */
export type Activation = (typeof activations)[number];

/** How the noise level and the class enter a network. */
export const conditionings = ["input", "film"] as const;

/** "input": features of the noise level beside the point; "film": a scale and a shift of each hidden layer's sums. */
export type Conditioning = (typeof conditionings)[number];

/** What is done to the sums of a hidden layer before they are scaled and shifted. */
export const normalizations = ["none", "rms"] as const;

/** "rms": sums are divided by their root mean square. */
export type Normalization = (typeof normalizations)[number];

/** What may be set of a network: the ranges of its specification, the defaults and the config's texts. */
export const networkFields = {
  dimension: integer("[1, inf)", required, "Dimension of the data: inputs and outputs."),
  hidden: integers("[1, 65536]", [128, 128, 128], "Widths of the hidden layers.", 1),
  activation: choice(
    activations,
    "silu",
    "Activation of the hidden layers; gelu is the tanh form: z (1 + tanh(sqrt(2 / pi) (z + 0.044715 z^3))) / 2.",
  ),
  residual: boolean(
    false,
    "Add the input of a hidden layer, from the second on, to its output where both have the same width.",
  ),
  noiseFeatures: even(
    "[2, 4096]",
    32,
    "Features of the noise level: half sines, half cosines of multiples of log snr.",
  ),
  conditioning: choice(
    conditionings,
    optional,
    "How the noise level enters: input, beside the point; film, as a scale and a shift of the sums of each hidden layer (Perez et al. 2018, arXiv 1709.07871). Default: input.",
  ),
  normalization: choice(
    normalizations,
    optional,
    "Divide the sums of each hidden layer by their root mean square (Zhang, Sennrich 2019, arXiv 1910.07467); needs conditioning film. Default: none.",
  ),
  classes: integer(
    "[1, 65536]",
    optional,
    "Classes that a point may belong to, so that samples of one can be drawn; needs conditioning film and data with labels. Default: the network knows no class.",
  ),
  parameterization: nameIn(parameterizations, "v", "What the network predicts."),
  sigmaData: number("(0, inf)", required, "Standard deviation of the data per coordinate, used by edm."),
};
