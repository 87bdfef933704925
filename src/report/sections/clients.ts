import type { ExperimentResult } from "../../experiment/result/schema.js";
import { type Drawn, figure, note, numeral, panel, table } from "../elements.js";
import { formatBytes, formatFlops, formatInteger, formatRatio, plural } from "../format.js";
import type { Client } from "../parts.js";
import { clientBarsPlot } from "../plots/client-bars.js";
import type { Section } from "./section.js";

/** With more clients than this, clients of equal keep ratio share a bar and a row. */
const mostClients = 32;

/** A client, or the mean of clients of one keep ratio. */
interface ClientRow {
  readonly label: string;
  readonly clients: number;
  readonly samples: number;
  readonly keepRatio: number;
  readonly rounds: number;
  readonly absent: number;
  /** Absent where it is not known of all. */
  readonly loss?: number;
  readonly flops: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

export function clientRows(clients: readonly Client[]): ClientRow[] {
  if (clients.length <= mostClients)
    return clients.map((client) => ({ ...client, clients: 1, label: String(client.id) }));
  const ratios = [...new Set(clients.map(({ keepRatio }) => keepRatio))].sort((a, b) => b - a);
  const isKnown = clients.every(({ loss }) => loss !== undefined);
  return ratios.map((keepRatio) => {
    const group = clients.filter((client) => client.keepRatio === keepRatio);
    const mean = (of: (client: Client) => number) => group.reduce((sum, client) => sum + of(client), 0) / group.length;
    return {
      label: formatRatio(keepRatio),
      clients: group.length,
      keepRatio,
      samples: mean(({ samples }) => samples),
      rounds: mean(({ rounds }) => rounds),
      absent: mean(({ absent }) => absent),
      ...(isKnown && { loss: mean(({ loss = 0 }) => loss) }),
      flops: mean(({ flops }) => flops),
      bytesUp: mean(({ bytesUp }) => bytesUp),
      bytesDown: mean(({ bytesDown }) => bytesDown),
    };
  });
}

function workWords({ federation }: ExperimentResult["config"]): string {
  return federation.capacityAssignment === "dynamic"
    ? "capacities go from client to client with the rounds, so that each keeps every part of the network in turn and the work evens out; the table has the keep ratio of the first round"
    : "a client that keeps a smaller part of the network computes and sends less";
}

interface Quantity {
  readonly id: "flops" | "bytesUp" | "bytesDown";
  readonly title: string;
  readonly format: (value: number) => string;
}

const quantities: readonly Quantity[] = [
  { id: "flops", title: "Arithmetic", format: formatFlops },
  { id: "bytesUp", title: "Sent to the server", format: formatBytes },
  { id: "bytesDown", title: "Received from the server", format: formatBytes },
];

/** Clients whose largest number is less than this times the least do alike: bars would show nothing. */
const alike = 1.5;

/** What is worth bars: quantities in which clients differ, traffic down only where it is not that up. */
function toldQuantities(rows: readonly ClientRow[]): Quantity[] {
  return quantities.filter(({ id }) => {
    const values = rows.map((row) => row[id]);
    const differ = Math.max(...values) >= alike * Math.min(...values);
    return differ && (id !== "bytesDown" || rows.some((row) => row.bytesDown !== row.bytesUp));
  });
}

function bars(rows: readonly ClientRow[], axis: string): Drawn[] {
  return toldQuantities(rows).map(({ id, title, format }) => {
    const each = rows.map((row) => ({ label: row.label, value: row[id] }));
    return panel(title, clientBarsPlot(id, title, axis, each, format));
  });
}

/** The table counts 4 bytes a parameter; this is what the encodings make of it. */
function encodedWords({ wireBytesUp, wireBytesDown }: ExperimentResult["training"]): string {
  return ` at 4 bytes a parameter; as encoded ${formatBytes(wireBytesUp)} up, ${formatBytes(wireBytesDown)} down`;
}

/** Work and traffic of each client. */
export const clientsSection: Section = {
  id: "clients",
  title: "Work and traffic of the clients",
  render({ clients, training, config }) {
    if (clients.length === 0) return [];
    const rows = clientRows(clients);
    const grouped = clients.length > mostClients;
    const axis = grouped ? "keep ratio" : "client";
    const charts = bars(rows, axis);
    const someLosses = rows.some(({ loss }) => loss !== undefined);
    const someAbsent = clients.some(({ absent }) => absent > 0);
    const each = grouped ? ", mean of the clients with that keep ratio" : "";
    const words = `Whole run${each}: ${workWords(config)}.`;
    return [
      charts.length > 0 ? figure(words, ...charts) : note(words),
      table(
        `${plural(clients.length, "client")}; together ${formatFlops(training.flops)}, ${formatBytes(training.bytesUp)} up, ${formatBytes(training.bytesDown)} down${encodedWords(training)}`,
        [
          axis,
          ...(grouped ? ["clients"] : ["keep ratio"]),
          "rows of data",
          "rounds",
          ...(someAbsent ? ["absent"] : []),
          ...(someLosses ? ["last loss"] : []),
          "arithmetic",
          "up",
          "down",
        ],
        rows.map((row) => [
          row.label,
          grouped ? numeral(row.clients) : numeral(row.keepRatio, formatRatio(row.keepRatio)),
          numeral(row.samples, formatInteger(row.samples)),
          numeral(row.rounds, formatInteger(row.rounds)),
          ...(someAbsent ? [numeral(row.absent, formatInteger(row.absent))] : []),
          ...(someLosses ? [row.loss === undefined ? "–" : numeral(row.loss)] : []),
          numeral(row.flops, formatFlops(row.flops)),
          numeral(row.bytesUp, formatBytes(row.bytesUp)),
          numeral(row.bytesDown, formatBytes(row.bytesDown)),
        ]),
      ),
    ];
  },
};
