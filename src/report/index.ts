import { requireObject } from "../errors.js";
import { type ExperimentResult, resultSchema } from "../experiment/result/schema.js";
import { accepted } from "./accepted.js";
import { reportBody } from "./body.js";
import { renderPage } from "./page.js";
import { type ReportSamples, requireSamples } from "./samples.js";

export type { ReportSamples } from "./samples.js";

/**
 * report.html of a run: one file that fetches nothing, the same text for the same arguments. For Node: the page is drawn in linkedom's document.
 * @param result what `runExperiment` gave or what was read from result.json.
 * @param samples what is pictured; absent: the page has no pictures of samples.
 * @throws ArgumentError or ArgumentTypeError naming the part of the result or of the samples that is not as it must be.
 */
export function renderReport(result: ExperimentResult, samples?: ReportSamples): string {
  const whole = accepted("result", resultSchema, requireObject("result", result), "result.json");
  if (samples !== undefined) requireSamples(samples);
  return renderPage(whole.name, reportBody(whole, samples));
}
