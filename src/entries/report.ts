/**
 * "fedscore/report": a run's or a sweep's page, one HTML file that fetches nothing.
 * @module fedscore/report
 */
export { type ReportSamples, renderReport } from "../report/index.js";
export { runReport } from "../report/run-report.js";
export { renderSweepReport, renderSweepSvg } from "../report/sweep/index.js";
