import { parameterizations } from "../diffusion/parameterizations/index.js";
import { boolean, choice, even, integer, integers, nameIn, number, required } from "../fields.js";
import type { Epilogue } from "../kernels/index.js";

/** Activations of hidden layers. */
export const activations = ["silu", "relu", "gelu", "tanh"] as const satisfies readonly (keyof typeof Epilogue)[];

/** "gelu" is the tanh form, z (1 + tanh(sqrt(2 / pi) (z + 0.044715 z^3))) / 2, and not the one with erf. */
export type Activation = (typeof activations)[number];

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
  parameterization: nameIn(parameterizations, "v", "What the network predicts."),
  sigmaData: number("(0, inf)", required, "Standard deviation of the data per coordinate, used by edm."),
};
