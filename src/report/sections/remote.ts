import { isNotComputed } from "../../experiment/result/not-computed.js";
import type { ExperimentResult } from "../../experiment/result/schema.js";
import { absenceReasons } from "../../federation/messages.js";
import { note, numeral, proseTable, table } from "../elements.js";
import { formatBytes, formatInteger, formatNumber } from "../format.js";
import type { Client } from "../parts.js";
import type { Section } from "./section.js";

/** Clients and senders that are listed. */
const mostRows = 200;

/** Who the clients are that hold their own rows, what did not come of them, and what was not believed. */
export const remoteSection: Section = {
  id: "remote",
  title: "Clients with rows of their own",
  render(result) {
    const { remote, clients, data } = result;
    if (!remote) return [];
    const loss = isNotComputed(remote.loss) ? remote.loss.notComputed : formatNumber(remote.loss);
    const summary = `The rows stayed where they are. Mean loss of the model on rows that clients hold out (${formatInteger(data.heldOut)}): ${loss}.`;
    const { refused, bytesDown, bytesUp, late } = remote;
    if (bytesDown === undefined || bytesUp === undefined || late === undefined) return [note(summary)];
    const messages = `Messages: ${formatBytes(bytesDown)} to clients, ${formatBytes(bytesUp)} from them, ${formatInteger(late)} of them late.`;
    return [
      note(`${summary} ${messages}`),
      proseTable(
        "Each client: its rows, its loss on those that it holds out, and the updates that did not come",
        ["client", "name", "rows", "held-out loss", "updates that did not come"],
        clients
          .slice(0, mostRows)
          .map((client) => [
            String(client.id),
            client.name ?? "",
            numeral(client.samples, formatInteger(client.samples)),
            lossCell(remote, client),
            absenceCell(result, client),
          ]),
      ),
      ...(refused.length === 0
        ? []
        : [
            table(
              "Messages that were not believed, by the client whose subject they came on",
              ["client", "messages", "what was wrong with the first"],
              refused
                .slice(0, mostRows)
                .map(({ sender, count, reasons }) => [
                  sender,
                  numeral(count, formatInteger(count)),
                  reasons.join("; "),
                ]),
            ),
          ]),
    ];
  },
};

function lossCell({ heldOut }: NonNullable<ExperimentResult["remote"]>, { id }: Client) {
  const found = heldOut.find(({ client }) => client === id);
  if (!found) return "";
  if ("loss" in found) return numeral(found.loss);
  return found.message ?? found.reason;
}

/** "2 late, 1 refused (its policy allows 3 rounds, and this is one more)". */
function absenceCell({ training }: ExperimentResult, { id }: Client): string {
  const absences = training.perRound.flatMap(({ absent }) => absent.filter(({ client }) => client === id));
  const counts = absenceReasons.flatMap((reason) => {
    const these = absences.filter((each) => each.reason === reason);
    if (these.length === 0) return [];
    const message = these.findLast((each) => each.message !== undefined)?.message;
    return [`${formatInteger(these.length)} ${reason}${message === undefined ? "" : ` (${message})`}`];
  });
  return counts.join(", ");
}
