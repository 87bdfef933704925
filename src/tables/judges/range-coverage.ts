import { powerOfTwo } from "../../data/scale.js";
import { extremes, presentNumbers } from "../present.js";
import { numberMeasure } from "./column-measure.js";
import { measured, notMeasured } from "./measured.js";

/** Share of the real column's range that the synthetic column's range covers. Gaps do not count. Ends of ranges have no interval. */
export const rangeCoverage = numberMeasure({
  name: "RangeCoverage",
  title: "Range coverage",
  source: "docs.sdv.dev/sdmetrics, RangeCoverage",
  evaluate(real, synthetic) {
    const [a, b] = [presentNumbers(real), presentNumbers(synthetic)];
    if (a.length === 0) return notMeasured("the real column has no values");
    if (b.length === 0) return notMeasured("the synthetic column has no values");
    const [range, covered] = [extremes(a), extremes(b)];
    if (range.low === range.high) return notMeasured("the real column is constant, so it has no range to cover");
    const scale = powerOfTwo(Math.max(-range.low, range.high));
    const part = (low: number, high: number) => Math.max(high / scale - low / scale, 0);
    const width = part(range.low, range.high);
    const below = part(range.low, Math.min(covered.low, range.high)) / width;
    const above = part(Math.max(covered.high, range.low), range.high) / width;
    return measured("RangeCoverage", Math.max(1 - (below + above), 0), null, {
      realLow: range.low,
      realHigh: range.high,
      syntheticLow: covered.low,
      syntheticHigh: covered.high,
    });
  },
});
