import type { TransformData } from "../../data/transforms/transform.js";
import {
  ArgumentError,
  requireArray,
  requireFunction,
  requireInteger,
  requireNumber,
  requireText,
} from "../../errors.js";
import { keysOf, requireOptions } from "../../options.js";
import { requireServer, type ServerOptions, serverKeys } from "../server-options.js";
import type { ClientUpdate } from "./answers.js";
import { type ClientsTable, requireClientsTable } from "./clients-table.js";
import { requireClientName } from "./names.js";

/** The server of a federation whose clients hold their own data, and who they are. */
export interface NatsTransportOptions extends ServerOptions {
  /** Name of each client, ascending: client n of the federation is clients[n]. With aggregators, ascending in each region. */
  readonly clients: readonly string[];
  /**
   * Aggregators that stand for the clients: each for the next `clients` of them, at its own server (`aggregateFederation`). The federation has `regions` of
   * these sizes. Default: clients are at this server themselves.
   */
  readonly aggregators?: readonly { readonly name: string; readonly clients: number }[] | undefined;
  /** Identity of the federation, 32 digits in hexadecimal: a coordinator that starts again says the same. Default: a new one. */
  readonly run?: string | undefined;
  /** What makes the names of tasks unguessable, 32 digits in hexadecimal; kept and said again like `run`. Default: a new one. */
  readonly secret?: string | undefined;
  /** Largest Euclidean norm of a client's update; what is beyond it is refused. Default: 1e6. */
  readonly maximumNorm?: number | undefined;
  /** Milliseconds without a sign of life after which a client that was asked is lost. Default 15,000. */
  readonly lostAfter?: number | undefined;
  /** Milliseconds after which the server deletes what a federation has left behind. Default a week. */
  readonly maxAge?: number | undefined;
  /** What clients do with their rows before they train on them: what a transform's toJSON gives. Default: nothing. */
  readonly transform?: TransformData | undefined;
  /** Of clients that train on their tables: how they read them, and how the rows are vectors. Not with aggregators. Default: they train on their rows of numbers. */
  readonly table?: ClientsTable | undefined;
  /** Told of each update that is folded: a log of them replays the run. */
  readonly onUpdate?: ((update: AcceptedUpdate) => void) | undefined;
  /** Told in a sentence who comes, and what is refused. */
  readonly onNote?: ((text: string) => void) | undefined;
}

/** An update of one client that was folded. */
export interface AcceptedUpdate extends ClientUpdate {
  readonly round: number;
}

const transportKeys = [
  ...serverKeys,
  ...keysOf<Omit<NatsTransportOptions, keyof ServerOptions>>({
    ...{ clients: true, run: true, secret: true, maximumNorm: true, lostAfter: true, maxAge: true },
    ...{ aggregators: true, transform: true, table: true, onUpdate: true, onNote: true },
  }),
];

/** Throws unless these are options of a transport to clients. */
export function requireTransportOptions(options: NatsTransportOptions): void {
  requireOptions("options", options, transportKeys);
  requireServer(options);
  const { clients, aggregators, run, secret, maximumNorm, lostAfter, maxAge, table, onUpdate, onNote } = options;
  requireArray("clients", clients);
  const begins = aggregators && requireAggregators(aggregators, clients.length);
  for (const [index, name] of clients.entries()) {
    requireClientName(`clients[${index}]`, name);
    if (index > 0 && !begins?.has(index) && clients[index - 1] >= name)
      throw new ArgumentError(`clients[${index}]`, `must come after "${clients[index - 1]}": names ascend`, name);
  }
  for (const [key, value] of Object.entries({ run, secret })) {
    if (value === undefined) continue;
    requireText(key, value);
    if (!/^[0-9a-f]{32}$/.test(value)) throw new ArgumentError(key, "must be 32 digits in hexadecimal", value);
  }
  if (table !== undefined) requireClientsTable("table", table);
  if (table && aggregators) throw new ArgumentError("aggregators", "must be left out with table", aggregators.length);
  if (maximumNorm !== undefined) requireNumber("maximumNorm", maximumNorm, "must be positive", (norm) => norm > 0);
  if (lostAfter !== undefined) requireInteger("lostAfter", lostAfter, 2000);
  if (maxAge !== undefined) requireInteger("maxAge", maxAge, 60_000);
  for (const [key, callback] of Object.entries({ onUpdate, onNote }))
    if (callback !== undefined) requireFunction(key, callback);
}

/** Numbers of the first clients of regions. */
function requireAggregators(
  aggregators: NonNullable<NatsTransportOptions["aggregators"]>,
  clients: number,
): ReadonlySet<number> {
  requireArray("aggregators", aggregators);
  const begins = new Set<number>();
  let next = 0;
  for (const [index, aggregator] of aggregators.entries()) {
    const place = `aggregators[${index}]`;
    const { name, clients: count } = requireOptions(place, aggregator, ["name", "clients"]);
    requireClientName(`${place}.name`, name);
    if (aggregators.findIndex((each) => each.name === name) < index)
      throw new ArgumentError(`${place}.name`, "must be another name than those before it", name);
    requireInteger(`${place}.clients`, count, 1);
    begins.add(next);
    next += count;
  }
  if (next !== clients) throw new ArgumentError("aggregators", `must stand for the ${clients} clients`, next);
  return begins;
}
