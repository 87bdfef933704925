import { parseHTML } from "linkedom";
import { reportBody } from "./body.js";
import type { ReportInput } from "./input.js";
import { style } from "./style.js";

export type { ReportInput } from "./input.js";

const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

function escapeText(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** report.html of a run: one file that fetches nothing. The same input gives the same text. */
export function renderReport(input: ReportInput): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  document.body.append(...reportBody(document, input));
  // The head is text: linkedom does not escape what stands in a title element.
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(input.name)} – fedscore report</title>
<style>${style}</style>
</head>
${document.body.outerHTML}
</html>
`;
}
