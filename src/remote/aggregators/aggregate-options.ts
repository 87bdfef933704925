import { requireFunction, requireInteger, requireNumber } from "../../errors.js";
import { keysOf, requireOptions } from "../../options.js";
import { requireClientName } from "../clients/names.js";
import { requireServer, type ServerOptions } from "../server-options.js";

/** An aggregator: whom it stands for, and to whom. */
export interface AggregateOptions {
  /** What the coordinator calls it: 1 to 64 letters, digits, dashes and underscores. */
  readonly name: string;
  /** The server of its clients, where it has the role of a coordinator. */
  readonly server: ServerOptions;
  /** The server of the coordinator, where it has the role of a client. */
  readonly upstream: ServerOptions;
  /** Clients that it waits for before it says that it is there; who has come by then are its clients. Default: 1. */
  readonly minimumClients?: number | undefined;
  /** Largest Euclidean norm of a client's update; what is beyond it is refused. Default: 1e6. */
  readonly maximumNorm?: number | undefined;
  /** Milliseconds without a sign of life after which a client that was asked is lost. Default 15,000. */
  readonly lostAfter?: number | undefined;
  /** Told in a sentence what it does, who comes, and what is refused. */
  readonly onNote?: ((text: string) => void) | undefined;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

const aggregateKeys = keysOf<AggregateOptions>({
  ...{ name: true, server: true, upstream: true, minimumClients: true, maximumNorm: true, lostAfter: true },
  ...{ onNote: true, signal: true },
});

/** Throws unless these are options of an aggregator. */
export function requireAggregate(options: AggregateOptions): void {
  const { name, server, upstream, minimumClients, maximumNorm, lostAfter, onNote } = requireOptions(
    "options",
    options,
    aggregateKeys,
  );
  requireClientName("name", name);
  requireServer(server);
  requireServer(upstream);
  if (minimumClients !== undefined) requireInteger("minimumClients", minimumClients, 1);
  if (maximumNorm !== undefined) requireNumber("maximumNorm", maximumNorm, "must be positive", (norm) => norm > 0);
  if (lostAfter !== undefined) requireInteger("lostAfter", lostAfter, 2000);
  if (onNote !== undefined) requireFunction("onNote", onNote);
}
