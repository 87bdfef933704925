import { isNotComputed } from "../../experiment/result/not-computed.js";
import { judgeTitle } from "../../judges/index.js";
import { type Drawn, figure, h, note, table } from "../elements.js";
import { formatInteger, formatNumber } from "../format.js";
import { intervalCell } from "../interval-cell.js";
import type { ClassHistogram, Judged } from "../parts.js";
import { classHistogramPlot, mostClasses } from "../plots/class-histogram.js";
import { fitted } from "../plots/fitted.js";
import type { Section } from "./section.js";

/** What a classifier of the training rows says of the samples. */
export const judgedSection: Section = {
  id: "judged",
  title: "Samples in the eyes of a classifier",
  render({ judged }) {
    if (!judged || isNotComputed(judged)) return [];
    const { classifier, scores, histogram } = judged;
    const given = Object.entries(scores).flatMap(([name, score]) => (score === null ? [] : [[name, score] as const]));
    const besides = given.some(([, { reference }]) => reference !== undefined);
    const silent = Object.keys(scores).filter((name) => scores[name] === null);
    return [
      note(
        `A classifier that was trained on the training rows${accuracyWords(classifier.accuracy)}. Its ${formatInteger(classifier.features)} features take the place of Inception-v3: compare the numbers with those of this classifier alone.`,
      ),
      ...silent.map((name) => note(`${judgeTitle(name)}: no class was asked for.`)),
      ...(isNotComputed(histogram)
        ? []
        : [
            figure(
              histogramSentence(histogram),
              fitted((width) => classHistogramPlot(histogram, width)),
            ),
          ]),
      table(
        "Judges with 95 % bootstrap intervals",
        ["judge", "federated", "held-out data (floor)", ...(besides ? ["dense reference"] : [])],
        given.map(([name, score]) => rowOf(name, score, besides)),
      ),
    ];
  },
};

function rowOf(name: string, score: NonNullable<Judged["scores"][string]>, besides: boolean) {
  const { better, floor, reference } = score;
  const heading: Drawn = h("span", {}, judgeTitle(name), h("small", {}, `${better} is better`));
  return [heading, intervalCell(score), intervalCell(floor), ...(besides ? [intervalCell(reference)] : [])];
}

function accuracyWords(accuracy: Judged["classifier"]["accuracy"]): string {
  if (isNotComputed(accuracy)) return " has an accuracy that could not be computed";
  return ` finds the class of ${formatNumber(100 * accuracy.value, 3)} % of held-out rows`;
}

function histogramSentence(histogram: ClassHistogram): string {
  const hidden = histogram.length - mostClasses;
  const rest = hidden > 0 ? ` The first ${mostClasses} classes are drawn, ${formatInteger(hidden)} more are not.` : "";
  return `Share of the samples in which the classifier finds each class, with 95 % bootstrap intervals; the lines are the shares of the training rows.${rest}`;
}
