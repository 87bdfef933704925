import type { ExperimentResult } from "../../experiment/result/schema.js";
import { absenceWords } from "../absences.js";
import { type Drawn, figure, numeral, table } from "../elements.js";
import { formatFlops, formatInteger, formatSeconds } from "../format.js";
import { clientLossPlot, mostClients } from "../plots/client-loss.js";
import { fitted } from "../plots/fitted.js";
import { lossPlot } from "../plots/loss.js";
import type { Section } from "./section.js";

/** Training loss over rounds. */
export const lossSection: Section = {
  id: "loss",
  title: "Training loss",
  render({ training, clients, config }) {
    const { loss, rounds, seconds, flops, perRound } = training;
    const absences = absenceWords(perRound);
    if (loss.length === 0) return [];
    const least = loss.reduce((smallest, value) => Math.min(smallest, value), Number.POSITIVE_INFINITY);
    const ends = perRound.map(({ clientLoss }) => clientLoss);
    const shaded = ends.some((each) => each && each.low < each.high)
      ? " Shaded: from the least to the greatest loss of a client."
      : "";
    return [
      figure(
        `Mean denoising loss of the clients that answered in each round; a curve that still falls at the right end asks for more rounds.${shaded}`,
        fitted((width) => lossPlot(loss, shaded === "" ? [] : ends, width)),
      ),
      ...clientLosses(clients, config),
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

/** Where there is more than one client, and their losses are known. */
function clientLosses(clients: ExperimentResult["clients"], { federation }: ExperimentResult["config"]): Drawn[] {
  const known = clients.flatMap(({ id, loss }) => (loss === undefined ? [] : [{ id, loss }]));
  if (known.length < 2) return [];
  const hidden = known.length - mostClients;
  const rest = hidden > 0 ? ` The first ${mostClients} clients are drawn, ${formatInteger(hidden)} more are not.` : "";
  const mask = federation.capacityAssignment === "dynamic" ? ", with the part of the network that it had then" : "";
  return [
    figure(
      `Loss of each client on its own rows, in the last round in which it answered${mask}: a client far above the others is served worst.${rest}`,
      fitted((width) => clientLossPlot(known, width)),
    ),
  ];
}
