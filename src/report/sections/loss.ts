import { absenceWords } from "../absences.js";
import { figure, numeral, table } from "../elements.js";
import { formatFlops, formatInteger, formatSeconds } from "../format.js";
import { lossPlot } from "../plots/loss.js";
import type { Section } from "./section.js";

/** Training loss over rounds. */
export const lossSection: Section = {
  id: "loss",
  title: "Training loss",
  render({ training }) {
    const { loss, rounds, seconds, flops, perRound } = training;
    const absences = absenceWords(perRound);
    if (loss.length === 0) return [];
    const least = loss.reduce((smallest, value) => Math.min(smallest, value), Number.POSITIVE_INFINITY);
    return [
      figure(
        "Mean denoising loss of the clients that answered in each round; a curve that still falls at the right end asks for more rounds.",
        lossPlot(loss),
      ),
      table(
        "Training in numbers",
        ["quantity", "value"],
        [
          ["rounds", numeral(rounds, formatInteger(rounds))],
          ["loss, first round", numeral(loss[0])],
          ["loss, last round", numeral(loss[loss.length - 1])],
          ["loss, least", numeral(least)],
          ...(absences === undefined ? [] : [["updates that did not come", absences]]),
          ["wall time", numeral(seconds, formatSeconds(seconds))],
          ["arithmetic", numeral(flops, formatFlops(flops))],
        ],
      ),
    ];
  },
};
