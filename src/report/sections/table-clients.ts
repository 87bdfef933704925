import { ifComputed } from "../../experiment/result/not-computed.js";
import { type Child, figure, h, note, numeral, table } from "../elements.js";
import { formatInteger, formatNumber } from "../format.js";
import type { ServedClients } from "../parts.js";
import { fitted } from "../plots/fitted.js";
import { type ServedClient, servedClientsPlot } from "../plots/served-clients.js";
import { scoreValue } from "../table-sources.js";
import type { Section } from "./section.js";

/** Rows of the table at each end. */
const shown = 5;

/** How well the synthetic rows serve each client, above all the smallest. */
export const tableClientsSection: Section = {
  id: "table-clients",
  title: "How each client is served",
  render({ table: part }) {
    const told = part && ifComputed(part);
    const clients = told?.clients && ifComputed(told.clients);
    const served = clients ? servedOf(clients) : [];
    if (!clients || served.length === 0) return [];
    const { compared, leastRows, left, leftOut } = clients;
    const besides = leftOut === undefined ? "" : ` The column ${leftOut}, which parts them, does not count.`;
    const others =
      left > 0
        ? ` ${formatInteger(left)} clients are not judged: they have fewer than ${leastRows} rows, or are between others in size.`
        : "";
    return [
      note(servedSentence(served)),
      figure(
        `Overall quality of ${formatInteger(compared)} synthetic rows (dots) and of as many held-out rows of all clients (squares) beside the rows of each client. Few rows have low scores whatever they are compared with, so what counts is how far a dot is below its square.${besides}${others}`,
        fitted((width) => servedClientsPlot(served, width)),
      ),
      table(
        "The smallest clients, and those that are served worst",
        ["client", "rows", "synthetic rows", "real rows", "difference"],
        listed(served).map(rowOf),
      ),
    ];
  },
};

function servedOf({ judged }: ServedClients): ServedClient[] {
  return judged.flatMap(({ client, name, rows, synthetic, real }) => {
    const [value, floor] = [scoreValue(synthetic.overall), scoreValue(real.overall)];
    if (value === undefined || floor === undefined) return [];
    return [{ label: name ?? `client ${client}`, rows, synthetic: value, real: floor }];
  });
}

const lossOf = ({ synthetic, real }: ServedClient) => real - synthetic;

/** The smallest clients, then those of the others that are served worst. */
function listed(served: readonly ServedClient[]): ServedClient[] {
  const smallest = served.slice(0, shown);
  const worst = [...served.slice(shown)].sort((a, b) => lossOf(b) - lossOf(a)).slice(0, shown);
  return [...smallest, ...worst];
}

function rowOf({ label, rows, synthetic, real }: ServedClient): Child[] {
  return [
    label,
    numeral(rows, formatInteger(rows)),
    numeral(synthetic, formatNumber(synthetic, 3)),
    numeral(real, formatNumber(real, 3)),
    h("span", {}, numeral(synthetic - real, formatNumber(synthetic - real, 2))),
  ];
}

function servedSentence(served: readonly ServedClient[]): string {
  const [smallest] = served;
  const mean = served.reduce((sum, client) => sum + lossOf(client), 0) / served.length;
  const worst = served.reduce((most, client) => (lossOf(client) > lossOf(most) ? client : most), smallest);
  const words = (loss: number) => `${formatNumber(Math.abs(loss), 2)} ${loss < 0 ? "above" : "below"} real rows`;
  return `Beside the rows of the smallest client that is judged, ${smallest.label} with ${formatInteger(smallest.rows)} rows, synthetic rows are ${words(lossOf(smallest))} in overall quality; on average over ${formatInteger(served.length)} clients they are ${words(mean)}, and at worst, of ${worst.label}, ${words(lossOf(worst))}.`;
}
