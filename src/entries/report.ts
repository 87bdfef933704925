/**
 * "fedscore/report": pages of a run, of a sweep, of runs side by side; one HTML file each, which fetches nothing.
 * @module fedscore/report
 */
export { type ComparedRun, renderComparison } from "../report/compare/index.js";
export { type ReportSamples, renderReport } from "../report/index.js";
export { runReport } from "../report/run-report.js";
export { renderSweepReport, renderSweepSvg } from "../report/sweep/index.js";
