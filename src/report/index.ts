import { reportBody } from "./body.js";
import type { ReportInput } from "./input.js";
import { renderPage } from "./page.js";

export type { ReportInput } from "./input.js";

/** report.html of a run: one file that fetches nothing. The same input gives the same text. */
export function renderReport(input: ReportInput): string {
  return renderPage(input.name, (document) => reportBody(document, input));
}
