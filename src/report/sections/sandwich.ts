import { isNotComputed, type Part } from "../../experiment/result/not-computed.js";
import type { ExperimentResult } from "../../experiment/result/schema.js";
import { type Drawn, figure, h, note, numeral, proseTable } from "../elements.js";
import { formatPercent } from "../format.js";
import type { Bound } from "../parts.js";
import { fitted } from "../plots/fitted.js";
import { sandwichPlot } from "../plots/sandwich.js";
import type { Section } from "./section.js";

/** A bound on another quantity, which needs no density of the data. */
function variationalParts(bound: Part<Bound>): Drawn[] {
  if (isNotComputed(bound)) return [note(`variational bound not computed: ${bound.notComputed}`)];
  return [variationalTable(bound), ...(bound.caveat === undefined ? [] : [note(bound.caveat)])];
}

function variationalTable(bound: Bound): Drawn {
  const { name, terms, value, upper, bitsPerDimension, vacuous } = bound;
  const rows = Object.entries(terms).map(([term, each]) => [
    term,
    numeral(each.value),
    numeral(each.upper),
    each.meaning,
  ]);
  const bits = bitsPerDimension === null ? "" : h("span", {}, numeral(bitsPerDimension), " bits per dimension");
  const total =
    value === null || upper === null
      ? [["total", "–", "–", `vacuous: ${vacuous ?? "no value"}`]]
      : [["total", numeral(value), numeral(upper), bits]];
  const caption = `${name}, nats: KL plus the entropy of q_delta, which is not known`;
  return proseTable(caption, ["term", "estimate", "upper end", ""], [...rows, ...total]);
}

/** The upper end that assumes nothing of its rows, which is of another KL. */
function defensiveParts(interval: ExperimentResult["klInterval"]): Drawn[] {
  if (!interval || isNotComputed(interval) || !interval.defensive) return [];
  const { high, confidence, about } = interval.defensive;
  return [
    h(
      "p",
      { class: "note" },
      `${about}. It is at most `,
      numeral(high),
      ` nats with ${formatPercent(confidence)} confidence, and nothing is assumed of the rows. The rows above are about the sampler itself.`,
    ),
  ];
}

/** Measured lower bound, interval, estimate, certificate and a-priori bound of the same KL. */
export const sandwichSection: Section = {
  id: "sandwich",
  title: "Bounds on the divergence",
  render({ sandwich, variational, klInterval }) {
    if (!sandwich) return [];
    const besides = [...defensiveParts(klInterval), ...(variational ? variationalParts(variational) : [])];
    if (isNotComputed(sandwich)) return [note(`not computed: ${sandwich.notComputed}`), ...besides];
    const { rows, notes } = sandwich;
    if (rows.length === 0) return [];
    const enclosed = ["lower bound", "certificate"].every((end) =>
      rows.some(({ role, value }) => role === end && value !== null),
    );
    const interval = rows.find(({ role, value }) => role === "interval" && value !== null);
    const claim = interval
      ? `With ${formatPercent(interval.confidence ?? 0)} confidence the true KL lies between the ends of the interval.`
      : enclosed
        ? "The true KL lies between the lower bound and the certificate; the estimate claims nothing."
        : "Each bound is about the law that its row names; an estimate claims nothing.";
    const body = rows.map(({ role, name, value, low, reason }) => [
      role,
      name === role ? "" : name,
      value === null
        ? h("em", {}, `none: ${reason ?? "not computed"}`)
        : role === "interval"
          ? h("span", {}, numeral(low ?? 0), " to ", numeral(value))
          : numeral(value),
    ]);
    return [
      figure(
        `${claim} The axis is logarithmic.`,
        fitted((width) => sandwichPlot(rows, width)),
      ),
      proseTable("Nats", ["", "how", "KL is at least, about, at most"], body),
      ...besides,
      ...notes.map((text) => note(text)),
    ];
  },
};
