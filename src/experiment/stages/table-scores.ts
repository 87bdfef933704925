import type { Measured } from "../../tables/judges/measured.js";
import type { QualityReport } from "../../tables/judges/quality-report.js";

/** The means of a report, without their columns and pairs. */
export function propertiesOf({ overall, columnShapes, columnPairTrends }: QualityReport) {
  return {
    overall: plainScore(overall),
    columnShapes: plainScore(columnShapes),
    columnPairTrends: plainScore(columnPairTrends),
  };
}

/** A score with the counts that it rests on. */
export function fullScore(said: Measured) {
  return said.value === null ? { value: null, reason: said.reason } : { ...plainScore(said), details: said.details };
}

/** A score as results have it in lists. */
export function plainScore(said: Measured) {
  if (said.value === null) return { value: null, reason: said.reason };
  const { value, interval } = said;
  return { value, interval };
}
