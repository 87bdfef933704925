import { namedMember } from "../../family.js";
import { normalInterval } from "./intervals.js";
import { measured, notMeasured } from "./measured.js";
import type { PrivacyMeasure } from "./privacy-measure.js";
import type { Nearest } from "./row-space.js";

/**
 * Mean over the synthetic rows of the distance to the closest training row over that to the second closest: near 0 where rows stand by a single training
 * row. `details.heldOut` is the same among as many held-out rows, which is what it should be near to. The real rows are held fixed in the interval.
 */
export const nearestNeighbourRatio = namedMember<PrivacyMeasure>()({
  name: "nearestNeighbourRatio",
  title: "Nearest-neighbour distance ratio",
  source: "Zhao et al., arXiv 2102.08369 (CTAB-GAN); interval: normal, of a mean",
  range: [0, 1],
  ideal: null,
  evaluate({ toTrain, toHeldOut, compared }) {
    if (compared < 2) return notMeasured("there are fewer than two training rows or fewer than two held-out rows");
    const ratios = ratiosOf(toTrain);
    const rows = ratios.length;
    const mean = meanOf(ratios);
    const square = ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0);
    const interval = rows < 2 ? null : normalInterval(mean, Math.sqrt(square / (rows - 1) / rows));
    return measured("nearestNeighbourRatio", mean, interval, { rows, compared, heldOut: meanOf(ratiosOf(toHeldOut)) });
  },
});

/** 1 where two rows are equally near, at distance 0 and at a distance beyond float64 too. */
function ratiosOf({ first, second }: Nearest): Float64Array {
  return first.map((distance, row) => (distance === second[row] ? 1 : distance / second[row]));
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
