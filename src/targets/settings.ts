import { integer, number, required } from "../fields.js";

/** Lengths, whose squares and their sums float32 must hold: 0 may be excluded by its bracket, "(". */
export const lengthsFrom = (zero: "(" | "[") => `${zero}0, 1e15]` as const;

/** Their squares. */
export const variances = "(0, 1e30]";

/** Of a target with Gaussian components. */
export const standardDeviation = (value: number) =>
  number(lengthsFrom("("), value, "Standard deviation of a component, per coordinate.");

/** Of a target in any dimension. */
export const dimension = integer("[1, 4096]", required, "Dimension d.");
