import { isNotComputed } from "../../experiment/result/not-computed.js";
import { type Drawn, figure, h, note, numeral, proseTable } from "../elements.js";
import type { Apriori, Gradient } from "../parts.js";
import { fitted } from "../plots/fitted.js";
import { gradientTermsPlot } from "../plots/gradient-terms.js";
import { assumptionTable } from "./assumptions.js";
import type { Section } from "./section.js";

/** A dash for what has no value. */
function known(value: number | null): Drawn | string {
  return value === null ? "–" : numeral(value);
}

function terms({ terms: each, value, largest, measured, vacuous }: Gradient): Drawn {
  const rows = Object.entries(each).map(([name, term]) => [
    name,
    known(term.value),
    known(term.largest),
    known(term.measured),
    term.meaning,
  ]);
  const total = value === null ? h("em", {}, `vacuous: ${vacuous ?? "no value"}`) : numeral(value);
  const sum = ["mean |∇F|²", total, known(largest), known(measured), "the sum of the terms, and what it bounds"];
  const caption = "Squared units of the training loss’s gradient";
  return proseTable(caption, ["term", "bound", "with the largest constants", "measured", ""], [...rows, sum]);
}

/** The score by less and by more of what was measured. */
function scores({ mean, last }: Apriori["scores"]): Drawn {
  const row = (name: string, { largest, eachRound, changes, measured }: Apriori["scores"]["mean"]) => [
    name,
    ...[eachRound, largest, changes, measured].map(known),
  ];
  return proseTable(
    "Score term, nats",
    ["", "bound", "with the largest constants", "with the measured changes", "measured"],
    [row("mean over the rounds", mean), row("last network", last)],
  );
}

function constants({ constants: each }: Gradient): Drawn {
  const rows = Object.entries(each).map(([name, { value, how }]) => [name, known(value), how]);
  return proseTable("Constants measured along the run: local, not global", ["constant", "value", "how"], rows);
}

/** The bound of training with pruning term by term, beside what was measured. */
export const aprioriSection: Section = {
  id: "apriori",
  title: "A-priori bound of training",
  render({ apriori }) {
    if (!apriori) return [];
    if (isNotComputed(apriori)) return [note(`not computed: ${apriori.notComputed}`)];
    const { gradient, bound, lastBound } = apriori;
    const probed =
      gradient.perProbe.length > 0
        ? [
            figure(
              "Dashed: each term of the bound on the mean squared gradient. Lines of the same colour: the same quantity as measured at the probed rounds, before the inequalities. Thick: the measured squared gradient itself.",
              fitted((width) => gradientTermsPlot(gradient, width)),
            ),
          ]
        : [];
    return [
      ...probed,
      scores(apriori.scores),
      ...(bound.vacuous === lastBound.vacuous ? [] : [note(`last network: ${lastBound.vacuous ?? "has a bound"}`)]),
      terms(gradient),
      assumptionTable("What the a-priori bound needs", bound.assumptions),
      constants(gradient),
    ];
  },
};
