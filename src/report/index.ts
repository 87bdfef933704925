import { parseHTML } from "linkedom";
import { reportBody } from "./body.js";
import { h } from "./elements.js";
import type { ReportInput } from "./input.js";
import { style } from "./style.js";

export type { ReportInput } from "./input.js";

const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** report.html of a run: one file that fetches nothing. The same input gives the same text. */
export function renderReport(input: ReportInput): string {
  const { document } = parseHTML('<!doctype html><html lang="en"><head></head><body></body></html>');
  document.head.append(
    h(document, "meta", { charset: "utf-8" }),
    h(document, "meta", { "http-equiv": "Content-Security-Policy", content: policy }),
    h(document, "meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    h(document, "title", {}, `${input.name} – fedscore report`),
    h(document, "style", {}, style),
  );
  document.body.append(...reportBody(document, input));
  return `${document.toString()}\n`;
}
