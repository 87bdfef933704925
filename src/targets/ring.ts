import { requireInteger, requireNumber } from "../errors.js";
import { pointOnCircle } from "./circle.js";
import { mixtureTarget } from "./gaussian-mixture.js";
import type { Target } from "./target.js";

/** Gaussians of equal weight, evenly spaced on a circle in the plane. */
export interface RingSpec {
  readonly kind: "ring";
  /** Number of components, >= 1. Default 8. */
  readonly modes?: number;
  /** Default 4. */
  readonly radius?: number;
  /** Of a component, per coordinate. Default 0.3. */
  readonly standardDeviation?: number;
}

export function ring({ modes = 8, radius = 4, standardDeviation = 0.3 }: RingSpec): Target {
  requireInteger("modes", modes, 1);
  requireNumber("radius", radius, "must be finite and > 0", (value) => value > 0);
  requireNumber("standardDeviation", standardDeviation, "must be finite and > 0", (value) => value > 0);
  const means = new Float32Array(2 * modes);
  for (let k = 0; k < modes; k++)
    means.set(
      pointOnCircle(k / modes).map((value) => radius * value),
      2 * k,
    );
  return mixtureTarget("ring", {
    dimension: 2,
    means,
    weights: new Float64Array(modes).fill(1 / modes),
    variances: new Float64Array(modes).fill(standardDeviation ** 2),
  });
}
