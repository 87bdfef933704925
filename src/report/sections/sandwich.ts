import { figure, h, numeral, table } from "../elements.js";
import { sandwichPlot } from "../plots/sandwich.js";
import type { ReportBound } from "../theory-input.js";
import type { Section } from "./section.js";

/** A bound on another quantity, which needs no density of the data. */
function variationalTable(document: Document, bound: ReportBound): HTMLElement {
  const { name, terms, value, upper, bitsPerDimension, vacuous } = bound;
  const rows = Object.entries(terms).map(([term, each]) => [
    term,
    numeral(document, each.value),
    numeral(document, each.upper),
    each.meaning,
  ]);
  const bits =
    bitsPerDimension === null
      ? ""
      : h(document, "span", {}, numeral(document, bitsPerDimension), " bits per dimension");
  const total =
    value === null || upper === null
      ? [["total", "–", "–", `vacuous: ${vacuous ?? "no value"}`]]
      : [["total", numeral(document, value), numeral(document, upper), bits]];
  const caption = `${name}, nats: KL plus the entropy of q_delta, which is not known`;
  const element = table(document, caption, ["term", "estimate", "upper end", ""], [...rows, ...total]);
  element.setAttribute("class", "table prose");
  return element;
}

/** Measured lower bound, estimate, certificate and a-priori bound of the same KL. */
export const sandwichSection: Section = {
  id: "sandwich",
  title: "Bounds on the divergence",
  render(document, { sandwich, variational }) {
    if (!sandwich || sandwich.rows.length === 0) return [];
    const { rows, notes } = sandwich;
    const enclosed = ["lower bound", "certificate"].every((end) =>
      rows.some(({ role, value }) => role === end && value !== null),
    );
    const claim = enclosed
      ? "The true KL lies between the lower bound and the certificate; the estimate claims nothing."
      : "Each bound is about the law that its row names; an estimate claims nothing.";
    const body = rows.map(({ role, name, value, reason }) => [
      role,
      name === role ? "" : name,
      value === null ? h(document, "em", {}, `none: ${reason ?? "not computed"}`) : numeral(document, value),
    ]);
    const element = table(document, "Nats", ["", "how", "KL is at least, about, at most"], body);
    element.setAttribute("class", "table prose");
    return [
      figure(document, `${claim} The axis is logarithmic.`, sandwichPlot(document, rows)),
      element,
      ...(variational ? [variationalTable(document, variational)] : []),
      ...(variational?.caveat === undefined ? [] : [h(document, "p", { class: "note" }, variational.caveat)]),
      ...notes.map((note) => h(document, "p", { class: "note" }, note)),
    ];
  },
};
