import { isNotComputed, type Part } from "../../experiment/result/not-computed.js";
import type { ExperimentResult } from "../../experiment/result/schema.js";
import { type Drawn, figure, note, numeral, proseTable, table } from "../elements.js";
import { formatInteger, formatPercent } from "../format.js";
import { lawSentence } from "../law-statements.js";
import type { LawKl } from "../parts.js";
import { fitted } from "../plots/fitted.js";
import { type LawInterval, lawIntervalsPlot } from "../plots/law-intervals.js";
import { lawKlPlot } from "../plots/law-kl.js";
import { assumptionTable } from "./assumptions.js";
import type { Section } from "./section.js";

type DataLaw = NonNullable<ExperimentResult["dataLaw"]>;

function intervalsOf({ mmd, totalVariation }: DataLaw): LawInterval[] {
  const first = isNotComputed(mmd)
    ? []
    : [{ name: "MMD", low: mmd.lower, high: mmd.upper, estimate: mmd.estimate, closed: true }];
  const { value = 0, estimate = 0 } = isNotComputed(totalVariation) ? {} : totalVariation;
  return isNotComputed(totalVariation)
    ? first
    : [...first, { name: "total variation", low: value, high: 1, estimate, closed: false }];
}

function distances(law: DataLaw): Drawn[] {
  const { mmd, totalVariation } = law;
  const intervals = intervalsOf(law);
  if (intervals.length === 0) return [];
  const rows = [
    ...(isNotComputed(mmd)
      ? []
      : [
          [
            "MMD",
            numeral(mmd.lower),
            numeral(mmd.estimate),
            numeral(mmd.upper),
            `${formatPercent(mmd.confidence)} for both ends at once; ${formatInteger(mmd.rows.data)} held-out rows, ${formatInteger(mmd.rows.samples)} samples`,
          ],
        ]),
    ...(isNotComputed(totalVariation)
      ? []
      : [
          [
            "total variation",
            numeral(totalVariation.value),
            numeral(totalVariation.estimate),
            "–",
            `${formatPercent(totalVariation.confidence)}; ${totalVariation.method}`,
          ],
        ]),
  ];
  return [
    figure(
      "Distances of the law of the data and the law of the samples lie between the triangle and the square; circles are estimates. No number of rows gives an upper end of the total variation.",
      fitted((width) => lawIntervalsPlot(intervals, width)),
    ),
    proseTable("Distances of the two laws", ["", "at least", "estimate", "at most", "how sure"], rows),
  ];
}

function curve(kl: Part<LawKl>): Drawn[] {
  if (isNotComputed(kl)) return [];
  const { points, confidence, rows, sampler } = kl;
  const body = points.map((point) => [
    numeral(point.noise),
    numeral(point.steps),
    numeral(point.crossEntropyUpper),
    numeral(point.entropyLower),
    numeral(point.information),
    numeral(point.upper),
  ]);
  return [
    figure(
      `Where ${sampler} sampling stops at a level of noise, KL of the law of the data under the same noise is at most the solid line, at all levels at once with ${formatPercent(confidence)} confidence; the dashed line has no margins. With less noise there is more to know of the data than ${formatInteger(rows.entropy)} rows can show.`,
      fitted((width) => lawKlPlot(kl, width)),
    ),
    table(
      `Nats; ${formatInteger(rows.coded)} rows coded, ${formatInteger(rows.entropy)} rows for the entropy`,
      ["noise", "steps", "cross-entropy at most", "entropy at least", "certain information", "KL at most"],
      body,
    ),
  ];
}

/** What rows alone certify about the law that they were drawn from. */
export const dataLawSection: Section = {
  id: "data-law",
  title: "The law of the data",
  render(result) {
    const { dataLaw } = result;
    if (!dataLaw) return [];
    const named = [
      ["KL", dataLaw.kl],
      ["MMD", dataLaw.mmd],
      ["total variation", dataLaw.totalVariation],
    ] as const;
    const missing = named.flatMap(([name, part]) =>
      isNotComputed(part) ? [note(`${name} not computed: ${part.notComputed}`)] : [],
    );
    const { kl } = dataLaw;
    const assumed = isNotComputed(kl) ? [] : [assumptionTable("What the curve rests on", kl.assumptions)];
    return [note(lawSentence(result)), ...missing, ...distances(dataLaw), ...curve(kl), ...assumed];
  },
};
