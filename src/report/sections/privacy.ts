import type { ExperimentResult } from "../../experiment/result/schema.js";
import { figure, note, numeral, table } from "../elements.js";
import { formatGiven, formatInteger, formatNumber } from "../format.js";
import { epsilonPlot } from "../plots/epsilon.js";
import { fitted } from "../plots/fitted.js";
import type { Section } from "./section.js";

type Privacy = NonNullable<ExperimentResult["privacy"]>;

/** What training has spent of privacy, and of what. */
export const privacySection: Section = {
  id: "privacy",
  title: "Privacy",
  render({ privacy }) {
    if (!privacy) return [];
    const { epsilon, delta, accountant, sampleRate, noiseMultiplier, steps, perRound, budget, covers, notCovered } =
      privacy;
    return [
      figure(
        privacySentence(privacy),
        fitted((width) => epsilonPlot(perRound, budget, width)),
      ),
      note(`Covered: ${covers}`),
      note(`Not covered: ${notCovered.join("; ")}.`),
      table(
        "Privacy in numbers",
        ["quantity", "value"],
        [
          ["epsilon", numeral(epsilon)],
          ["delta", numeral(delta, formatGiven(delta))],
          ...(budget === undefined ? [] : [["most that was allowed", numeral(budget, formatGiven(budget))]]),
          ["accountant", accountant],
          [`probability of a ${privacy.unit} to be in a step`, numeral(sampleRate)],
          ["noise multiplier", numeral(noiseMultiplier, formatGiven(noiseMultiplier))],
          ["steps", numeral(steps, formatInteger(steps))],
        ],
      ),
    ];
  },
};

/** What is protected, by how much. */
export function privacySentence({ unit, epsilon, delta, reproducible, stopped, client }: Privacy): string {
  const whose = unit === "client" ? "Each client as a whole" : "Each record of each client";
  const most = client === undefined ? "" : `; most is spent by records of client ${client}`;
  const end = stopped ? " Training ended before the round that would have spent more than was allowed." : "";
  const broken = reproducible
    ? " The noise is the seed's: whoever knows it can take it away, and nobody is protected from them."
    : "";
  return `${whose} is (${formatNumber(epsilon)}, ${formatGiven(delta)})-differentially private in what training released${most}.${end}${broken}`;
}
