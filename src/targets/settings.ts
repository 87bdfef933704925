import { integer, number, required } from "../fields.js";

/** Of a target with Gaussian components. */
export const standardDeviation = (value: number) =>
  number("(0, inf)", value, "Standard deviation of a component, per coordinate.");

/** Of a target in any dimension. */
export const dimension = integer("[1, 4096]", required, "Dimension d.");
