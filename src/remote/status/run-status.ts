import { fieldOf, identityIn, integerIn, listIn, objectIn, refused, textIn } from "../protocol.js";

/** A client of a run, as its coordinator sees it. */
export interface ClientStatus {
  readonly name: string;
  /** What it does now, in a word or two. */
  readonly state: string;
  /** When the coordinator heard of it last, in milliseconds since 1970; null: never. */
  readonly lastSeen: number | null;
  /** Rounds that were averaged without it. */
  readonly absent: number;
}

/** How a federation stands: `fedscore.status.RUN`, each second, in JSON. */
export interface RunStatus {
  /** Identity: 32 digits in hexadecimal. */
  readonly run: string;
  /** That of its config. */
  readonly name: string;
  /** Rounds that are done, of how many. */
  readonly round: number;
  readonly rounds: number;
  /** Mean training loss of the last round; null: of none yet. */
  readonly loss: number | null;
  readonly clients: readonly ClientStatus[];
  /** Bytes of messages from clients, and to them. */
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/** Most bytes of a status: that of some 5,000 clients fits the largest message. */
const most = 2 ** 20;

/** Most clients that a status names. */
const mostClients = 100_000;

export function encodeStatus(status: RunStatus): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(status));
}

/** @throws FedscoreError FEDSCORE_MESSAGE. */
export function readStatus(bytes: Uint8Array): RunStatus {
  if (bytes.length > most) throw refused("is too long for a status");
  const message = objectIn(parsed(bytes));
  const clients = listIn(message, "clients");
  if (clients.length > mostClients) throw refused("names too many clients");
  return {
    run: identityIn(message, "run"),
    name: textIn(message, "name", 256),
    round: countIn(message, "round"),
    rounds: countIn(message, "rounds"),
    loss: numberOrNullIn(message, "loss"),
    clients: clients.map((each) => clientOf(objectIn(each))),
    bytesUp: countIn(message, "bytesUp"),
    bytesDown: countIn(message, "bytesDown"),
  };
}

function clientOf(client: object): ClientStatus {
  return {
    name: textIn(client, "name", 64),
    state: textIn(client, "state", 64),
    lastSeen: numberOrNullIn(client, "lastSeen"),
    absent: countIn(client, "absent"),
  };
}

function countIn(message: object, key: string): number {
  return integerIn(message, key, Number.MAX_SAFE_INTEGER);
}

function numberOrNullIn(message: object, key: string): number | null {
  const value = fieldOf(message, key);
  if (value === null || (typeof value === "number" && Number.isFinite(value))) return value;
  throw refused(`has neither a number nor null in ${key}`);
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw refused("is not JSON");
  }
}
