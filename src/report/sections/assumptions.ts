import { h, table } from "../elements.js";
import type { ReportAssumption } from "../theory-input.js";

/** What a bound needs, each line met or not, and how it was checked. */
export function assumptionTable(
  document: Document,
  caption: string,
  assumptions: readonly ReportAssumption[],
): HTMLElement {
  const rows = assumptions.map(({ statement, met, assumed, evidence }) => [
    statement,
    met ? (assumed ? "assumed" : "met") : h(document, "strong", { class: "unmet" }, "not met"),
    evidence,
  ]);
  const element = table(document, caption, ["assumption", "", "how it was checked"], rows);
  element.setAttribute("class", "table prose");
  return element;
}
