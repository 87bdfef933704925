import { figure, h, numeral, table } from "../elements.js";
import { gradientTermsPlot } from "../plots/gradient-terms.js";
import type { ReportGradient } from "../theory-input.js";
import { assumptionTable } from "./assumptions.js";
import type { Section } from "./section.js";

/** A dash for what has no value. */
function known(document: Document, value: number | null): HTMLElement | string {
  return value === null ? "–" : numeral(document, value);
}

function terms(document: Document, { terms: each, value, measured, vacuous }: ReportGradient): HTMLElement {
  const rows = Object.entries(each).map(([name, term]) => [
    name,
    known(document, term.value),
    known(document, term.measured),
    term.meaning,
  ]);
  const total = value === null ? h(document, "em", {}, `vacuous: ${vacuous ?? "no value"}`) : numeral(document, value);
  const sum = ["mean |∇F|²", total, known(document, measured), "the sum of the terms, and what it bounds"];
  const caption = "Squared units of the training loss’s gradient";
  const element = table(document, caption, ["term", "bound", "measured", ""], [...rows, sum]);
  element.setAttribute("class", "table prose");
  return element;
}

function constants(document: Document, { constants: each }: ReportGradient): HTMLElement {
  const rows = Object.entries(each).map(([name, { value, how }]) => [name, known(document, value), how]);
  const element = table(
    document,
    "Constants measured along the run: local, not global",
    ["constant", "value", "how"],
    rows,
  );
  element.setAttribute("class", "table prose");
  return element;
}

/** The bound of training with pruning term by term, beside what was measured. */
export const aprioriSection: Section = {
  id: "apriori",
  title: "A-priori bound of training",
  render(document, { apriori }) {
    if (!apriori) return [];
    const { gradient, bound } = apriori;
    const probed =
      gradient.perProbe.length > 0
        ? [
            figure(
              document,
              "Dashed: each term of the bound on the mean squared gradient. Lines of the same colour: the same quantity as measured at the probed rounds, before the inequalities. Thick: the measured squared gradient itself.",
              gradientTermsPlot(document, gradient),
            ),
          ]
        : [];
    return [
      ...probed,
      terms(document, gradient),
      assumptionTable(document, "What the a-priori bound needs", bound.assumptions),
      constants(document, gradient),
    ];
  },
};
