import { extremes, gapsIn, presentNumbers } from "../present.js";
import { numberMeasure } from "./column-measure.js";
import { binomialInterval } from "./intervals.js";
import { measured, notMeasured } from "./measured.js";

/**
 * Share of the synthetic column's cells between the smallest and the largest real value. Where the real column has gaps, those of the synthetic
 * column are not counted; where it has none, they are out of bounds. The real bounds are held fixed in the interval.
 */
export const boundaryAdherence = numberMeasure({
  name: "BoundaryAdherence",
  title: "Boundary adherence",
  source: "docs.sdv.dev/sdmetrics, BoundaryAdherence; interval: Wilson, J. Am. Stat. Assoc. 22 (1927)",
  evaluate(real, synthetic) {
    const [a, b] = [presentNumbers(real), presentNumbers(synthetic)];
    if (a.length === 0) return notMeasured("the real column has no values, so it has no bounds");
    const rows = gapsIn(real) > 0 ? b.length : synthetic.values.length;
    if (rows === 0) return notMeasured("the synthetic column has no values");
    const { low, high } = extremes(a);
    const inside = b.reduce((sum, value) => sum + (value >= low && value <= high ? 1 : 0), 0);
    return measured("BoundaryAdherence", inside / rows, binomialInterval(inside, rows), { rows, inside, low, high });
  },
});
