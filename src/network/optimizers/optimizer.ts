import { number } from "../../fields.js";
import type { Pointer } from "../../kernels/index.js";

/** What is particular to an optimizer: one update with a gradient that is to be multiplied by `scale`, and `rate` times the learning rate. */
export type Update = (parameters: Pointer, gradient: Pointer, keep: Pointer, scale: number, rate: number) => void;

export const learningRate = (value: number) => number("(0, inf)", value, "Learning rate.");
