import { familyOf } from "../../family.js";
import { boundaryAdherence } from "./boundary-adherence.js";
import { categoryAdherence } from "./category-adherence.js";
import { categoryCoverage } from "./category-coverage.js";
import { contingencySimilarity } from "./contingency-similarity.js";
import { correlationSimilarity } from "./correlation-similarity.js";
import { ksComplement } from "./ks-complement.js";
import { rangeCoverage } from "./range-coverage.js";
import { tvComplement } from "./tv-complement.js";

export type { ColumnMeasure } from "./column-measure.js";
export type { ColumnPair, PairMeasure } from "./pair-measure.js";

/** Every measure of one column by its name, in the order in which results show them. */
export const columnMeasures = familyOf(
  ksComplement,
  tvComplement,
  rangeCoverage,
  categoryCoverage,
  boundaryAdherence,
  categoryAdherence,
);

/** Names of the measures of one column. */
export type ColumnMeasureName = keyof typeof columnMeasures;

/** Every measure of two columns by its name, in the order in which results show them. */
export const pairMeasures = familyOf(correlationSimilarity, contingencySimilarity);

/** Names of the measures of two columns. */
export type PairMeasureName = keyof typeof pairMeasures;
