import { figure, h, numeral, table } from "../elements.js";
import { sandwichPlot } from "../plots/sandwich.js";
import type { Section } from "./section.js";

/** Measured lower bound, estimate, certificate and a-priori bound of the same KL. */
export const sandwichSection: Section = {
  id: "sandwich",
  title: "Bounds on the divergence",
  render(document, { sandwich }) {
    if (!sandwich || sandwich.rows.length === 0) return [];
    const { rows, notes } = sandwich;
    const body = rows.map(({ role, name, value, reason }) => [
      role,
      name === role ? "" : name,
      value === null ? h(document, "em", {}, `vacuous: ${reason ?? "not computed"}`) : numeral(document, value),
    ]);
    const element = table(document, "Nats", ["", "how", "KL is at least, about, at most"], body);
    element.setAttribute("class", "table prose");
    return [
      figure(
        document,
        "The true KL lies between the lower bound and the certificate; the estimate claims nothing. The axis is logarithmic.",
        sandwichPlot(document, rows),
      ),
      element,
      ...notes.map((note) => h(document, "p", { class: "note" }, note)),
    ];
  },
};
