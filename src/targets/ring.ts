import { member } from "../family.js";
import { integer, number } from "../fields.js";
import { pointOnCircle } from "./circle.js";
import { mixtureTarget } from "./gaussian-mixture.js";
import { lengthsFrom, standardDeviation } from "./settings.js";
import type { Target } from "./target.js";

/** Gaussians of equal weight, evenly spaced on a circle in the plane. */
export const ring = member({
  kind: "ring",
  text: "Gaussians on a circle, in the plane.",
  fields: {
    modes: integer("[1, 1000]", 8, "Gaussian components on the circle."),
    radius: number(lengthsFrom("("), 4, "Radius of the circle."),
    standardDeviation: standardDeviation(0.3),
  },
  create({ modes, radius, standardDeviation }): Target {
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
  },
});
