import { countCodes, gapsIn, sharedCodes } from "../present.js";
import { categoryMeasure } from "./column-measure.js";
import { around, bothReach, sharesReach } from "./intervals.js";
import { measured, notMeasured } from "./measured.js";

/**
 * 1 - the total variation distance between the shares of the categories. Gaps do not count. The interval holds for every number of rows, over all
 * categories that either column lists.
 */
export const tvComplement = categoryMeasure({
  name: "TVComplement",
  title: "Total variation complement",
  source: "docs.sdv.dev/sdmetrics, TVComplement; interval: Weissman et al., HPL-2003-97, of both samples",
  evaluate(real, synthetic) {
    const [realRows, syntheticRows] = [real, synthetic].map((column) => column.codes.length - gapsIn(column));
    if (realRows === 0) return notMeasured("the real column has no values");
    if (syntheticRows === 0) return notMeasured("the synthetic column has no values");
    const { count, codes } = sharedCodes(real, synthetic);
    const [a, b] = codes.map((each) => countCodes(each, count));
    const distance = a.reduce((sum, hits, code) => sum + Math.abs(hits / realRows - b[code] / syntheticRows), 0) / 2;
    const value = Math.max(0, 1 - distance);
    const reach = bothReach((rows, error) => sharesReach(count, rows, error), realRows, syntheticRows);
    return measured("TVComplement", value, around(value, reach), { realRows, syntheticRows, categories: count });
  },
});
