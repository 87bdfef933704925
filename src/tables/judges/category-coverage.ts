import { countCodes, sharedCodes } from "../present.js";
import { categoryMeasure } from "./column-measure.js";
import { measured, notMeasured } from "./measured.js";

/** Share of the categories that occur in the real column which occur in the synthetic one. Gaps do not count. Numbers of categories have no interval. */
export const categoryCoverage = categoryMeasure({
  name: "CategoryCoverage",
  title: "Category coverage",
  source: "docs.sdv.dev/sdmetrics, CategoryCoverage",
  evaluate(real, synthetic) {
    const { count, codes } = sharedCodes(real, synthetic);
    const [a, b] = codes.map((each) => countCodes(each, count));
    const occurring = a.reduce((sum, hits) => sum + Math.sign(hits), 0);
    if (occurring === 0) return notMeasured("the real column has no values");
    const covered = a.reduce((sum, hits, code) => sum + Math.sign(hits * b[code]), 0);
    return measured("CategoryCoverage", covered / occurring, null, { categories: occurring, covered });
  },
});
