import { requireInteger, requireNumber } from "../errors.js";
import { mixtureTarget } from "./gaussian-mixture.js";
import type { Target } from "./target.js";

/** Gaussians of equal weight on a square grid about the origin of the plane. */
export interface GridSpec {
  readonly kind: "grid";
  /** Components per side, >= 1. Default 5. */
  readonly side?: number;
  /** Distance of neighbours. Default 2. */
  readonly spacing?: number;
  /** Of a component, per coordinate. Default 0.1. */
  readonly standardDeviation?: number;
}

export function grid({ side = 5, spacing = 2, standardDeviation = 0.1 }: GridSpec): Target {
  requireInteger("side", side, 1);
  requireNumber("spacing", spacing, "must be finite and > 0", (value) => value > 0);
  requireNumber("standardDeviation", standardDeviation, "must be finite and > 0", (value) => value > 0);
  const modes = side * side;
  const means = new Float32Array(2 * modes);
  for (let k = 0; k < modes; k++) {
    means[2 * k] = ((k % side) - (side - 1) / 2) * spacing;
    means[2 * k + 1] = (Math.floor(k / side) - (side - 1) / 2) * spacing;
  }
  return mixtureTarget("grid", {
    dimension: 2,
    means,
    weights: new Float64Array(modes).fill(1 / modes),
    variances: new Float64Array(modes).fill(standardDeviation ** 2),
  });
}
