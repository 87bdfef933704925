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
import { requireClientName } from "./names.js";

/** The server of a federation whose clients hold their own data, and who they are. */
export interface NatsTransportOptions extends ServerOptions {
  /** Name of each client, ascending: client n of the federation is clients[n]. */
  readonly clients: readonly string[];
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
    ...{ transform: true, onUpdate: true, onNote: true },
  }),
];

/** Throws unless these are options of a transport to clients. */
export function requireTransportOptions(options: NatsTransportOptions): void {
  requireOptions("options", options, transportKeys);
  requireServer(options);
  const { clients, run, secret, maximumNorm, lostAfter, maxAge, onUpdate, onNote } = options;
  requireArray("clients", clients);
  for (const [index, name] of clients.entries()) {
    requireClientName(`clients[${index}]`, name);
    if (index > 0 && clients[index - 1] >= name)
      throw new ArgumentError(`clients[${index}]`, `must come after "${clients[index - 1]}": names ascend`, name);
  }
  for (const [key, value] of Object.entries({ run, secret })) {
    if (value === undefined) continue;
    requireText(key, value);
    if (!/^[0-9a-f]{32}$/.test(value)) throw new ArgumentError(key, "must be 32 digits in hexadecimal", value);
  }
  if (maximumNorm !== undefined) requireNumber("maximumNorm", maximumNorm, "must be positive", (norm) => norm > 0);
  if (lostAfter !== undefined) requireInteger("lostAfter", lostAfter, 2000);
  if (maxAge !== undefined) requireInteger("maxAge", maxAge, 60_000);
  for (const [key, callback] of Object.entries({ onUpdate, onNote }))
    if (callback !== undefined) requireFunction(key, callback);
}
