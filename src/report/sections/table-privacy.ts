import { ifComputed, isNotComputed } from "../../experiment/result/not-computed.js";
import { type PrivacyMeasureName, privacyMeasures } from "../../tables/judges/privacy.js";
import { figure, h, note, table } from "../elements.js";
import { formatInteger, formatTick } from "../format.js";
import type { TableResult } from "../parts.js";
import { fitted } from "../plots/fitted.js";
import { type ScoreDot, scoreDotsPlot } from "../plots/score-dots.js";
import { scoreCell, tableSources } from "../table-sources.js";
import { privacySentence } from "./privacy.js";
import type { Section } from "./section.js";
import { keyOf } from "./table-quality.js";

const names = Object.keys(privacyMeasures) as PrivacyMeasureName[];
/** Those that are 0.5 where nothing is given away. */
const halves = names.filter((name) => privacyMeasures[name].ideal === 0.5);

/** What synthetic rows give away of the training rows. */
export const tablePrivacySection: Section = {
  id: "table-privacy",
  title: "What the rows give away",
  render({ table: part, privacy }) {
    const told = part && ifComputed(part);
    if (!told) return [];
    const sources = tableSources(told);
    const dots = sources.flatMap(({ name: source, judged }) => {
      const measures = ifComputed(judged)?.privacy;
      if (!measures || isNotComputed(measures)) return [];
      return halves.flatMap((name): ScoreDot[] => {
        const { value, ...rest } = measures[name];
        if (value === null || !("interval" in rest)) return [];
        return [{ measure: privacyMeasures[name].title, source, value, interval: rest.interval }];
      });
    });
    return [
      note(
        privacy
          ? `${privacySentence(privacy)} The measures below look for what that would not forbid.`
          : "Training added no noise: no bound holds, and measures find what they look for alone. That they find nothing is no proof.",
      ),
      note(copiesSentence(told)),
      ...(dots.length === 0
        ? []
        : [
            figure(
              "0.5, the broken line, is what rows measure that give nothing away; farther right they give more. Bars are 95 % intervals. Real rows here are half of the held-out rows beside the other half.",
              keyOf(sources),
              fitted((width) =>
                scoreDotsPlot(
                  { id: "table-privacy-dots", title: "Privacy of the training rows" },
                  dots,
                  sources,
                  0.5,
                  width,
                ),
              ),
            ),
          ]),
      table(
        "Privacy measures with 95 % intervals",
        ["measure", ...sources.map(({ name }) => name)],
        names.map((name) => [
          h("span", {}, privacyMeasures[name].title, h("small", {}, idealWords(name))),
          ...sources.map(({ judged }) => {
            const measures = isNotComputed(judged) ? judged : judged.privacy;
            return scoreCell(isNotComputed(measures) ? measures : measures[name]);
          }),
        ]),
      ),
    ];
  },
};

function idealWords(name: PrivacyMeasureName): string {
  const { ideal } = privacyMeasures[name];
  if (ideal !== null) return `${formatTick(ideal)} gives nothing away`;
  return name === "exactCopies" ? "share of the rows" : "as of real rows";
}

/** "12 of 8,000 synthetic rows are equal to a training row ...". */
function copiesSentence({ synthetic }: TableResult): string {
  const privacy = ifComputed(synthetic)?.privacy;
  const said = privacy && ifComputed(privacy)?.exactCopies;
  if (!said || said.value === null || !("details" in said) || !said.details) return "Exact copies were not counted.";
  const { rows, copies, heldOutCopies, trainRows, heldOutRows } = said.details;
  const whole = (count: number) => formatInteger(count);
  return `${whole(copies)} of ${whole(rows)} synthetic rows are equal to one of the ${whole(trainRows)} training rows in every cell, ${whole(heldOutCopies)} to one of the ${whole(heldOutRows)} held-out rows, which the network has not seen.`;
}
