import { presentNumbers } from "../present.js";
import { numberMeasure } from "./column-measure.js";
import { around, bothReach, distributionReach } from "./intervals.js";
import { measured, notMeasured } from "./measured.js";

/**
 * 1 - the largest difference of the two empirical distribution functions. Gaps do not count; a constant column is a column like others.
 * The interval holds for every number of rows.
 */
export const ksComplement = numberMeasure({
  name: "KSComplement",
  title: "Kolmogorov-Smirnov complement",
  source: "docs.sdv.dev/sdmetrics, KSComplement; interval: Massart, Ann. Probab. 18 (1990), of both samples",
  evaluate(real, synthetic) {
    const [a, b] = [presentNumbers(real).sort(), presentNumbers(synthetic).sort()];
    if (a.length === 0) return notMeasured("the real column has no values");
    if (b.length === 0) return notMeasured("the synthetic column has no values");
    const value = 1 - largestGap(a, b);
    const reach = bothReach(distributionReach, a.length, b.length);
    return measured("KSComplement", value, around(value, reach), { realRows: a.length, syntheticRows: b.length });
  },
});

/** Largest difference of the distribution functions of two ascending samples. */
function largestGap(a: Float64Array, b: Float64Array): number {
  let [i, j, largest] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const at = Math.min(a[i], b[j]);
    while (i < a.length && a[i] <= at) i++;
    while (j < b.length && b[j] <= at) j++;
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length));
  }
  return largest;
}
