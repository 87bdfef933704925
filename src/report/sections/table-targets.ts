import { ifComputed } from "../../experiment/result/not-computed.js";
import { type Child, figure, h, note, numeral, proseTable } from "../elements.js";
import { formatNumber } from "../format.js";
import type { ReachedTarget } from "../parts.js";
import { fitted } from "../plots/fitted.js";
import { type TargetMargin, targetMarginsPlot } from "../plots/target-margins.js";
import { limitWords, tableTargetsOf } from "../table-targets.js";
import type { Section } from "./section.js";

/** What the config asks of the synthetic rows, and what they reach. */
export const tableTargetsSection: Section = {
  id: "table-targets",
  title: "Targets",
  render({ table: part }) {
    const told = part && ifComputed(part);
    const targets = told ? tableTargetsOf(told) : [];
    if (targets.length === 0) return [];
    const margins = targets.flatMap(({ title, reached }): TargetMargin[] =>
      reached.value === null ? [] : [{ title, margin: marginOf(reached) }],
    );
    const met = targets.filter(({ reached }) => reached.value !== null && reached.met).length;
    return [
      note(`${met} of ${targets.length} targets are met.`),
      proseTable(
        "Targets of the config and what the synthetic rows reach",
        ["target", "reached", "asked for", "verdict"],
        targets.map(({ title, reached }) => [title, ...cellsOf(reached)]),
      ),
      ...(margins.length === 0
        ? []
        : [
            figure(
              "How far each value is from the line at which its target is met.",
              fitted((width) => targetMarginsPlot(margins, width)),
            ),
          ]),
    ];
  },
};

type Known = Exclude<ReachedTarget, { readonly value: null }>;

function cellsOf(reached: ReachedTarget): Child[] {
  if (reached.value === null) return ["–", "–", h("em", {}, `not known: ${reached.reason}`)];
  const { value, met, missedBy } = reached;
  const verdict = met
    ? "met"
    : h("span", { class: "unmet" }, "missed by ", numeral(missedBy, formatNumber(missedBy, 2)));
  return [numeral(value), limitWords(reached), verdict];
}

/** How far the value is within its limits; below 0, how far it is out of them. */
function marginOf({ value, low, high, met, missedBy }: Known): number {
  if (!met) return -missedBy;
  return Math.min(
    low === undefined ? Number.POSITIVE_INFINITY : value - low,
    (high ?? Number.POSITIVE_INFINITY) - value,
  );
}
