import { countCodes, gapsIn, sharedCodes } from "../present.js";
import { categoryMeasure } from "./column-measure.js";
import { binomialInterval } from "./intervals.js";
import { measured, notMeasured } from "./measured.js";

/**
 * Share of the synthetic column's cells whose category occurs in the real column. A gap counts as a category: valid where the real column has gaps.
 * The real categories are held fixed in the interval.
 */
export const categoryAdherence = categoryMeasure({
  name: "CategoryAdherence",
  title: "Category adherence",
  source: "docs.sdv.dev/sdmetrics, CategoryAdherence; interval: Wilson, J. Am. Stat. Assoc. 22 (1927)",
  evaluate(real, synthetic) {
    if (real.codes.length === 0) return notMeasured("the real column has no rows");
    const rows = synthetic.codes.length;
    if (rows === 0) return notMeasured("the synthetic column has no rows");
    const { count, codes } = sharedCodes(real, synthetic);
    const [a, b] = codes.map((each) => countCodes(each, count));
    const known = b.reduce((sum, hits, code) => sum + (a[code] > 0 ? hits : 0), 0);
    const valid = known + (gapsIn(real) > 0 ? gapsIn(synthetic) : 0);
    return measured("CategoryAdherence", valid / rows, binomialInterval(valid, rows), { rows, valid });
  },
});
