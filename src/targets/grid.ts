import { member } from "../family.js";
import { integer, number } from "../fields.js";
import { mixtureTarget } from "./gaussian-mixture.js";
import { lengthsFrom, standardDeviation } from "./settings.js";
import type { Target } from "./target.js";

/** Gaussians of equal weight on a square grid about the origin of the plane. */
export const grid = member({
  kind: "grid",
  text: "Gaussians on a square grid, in the plane.",
  fields: {
    side: integer("[1, 100]", 5, "Components per side."),
    spacing: number(lengthsFrom("("), 2, "Distance of neighbours."),
    standardDeviation: standardDeviation(0.1),
  },
  create({ side, spacing, standardDeviation }): Target {
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
  },
});
