import { type Dataset, requireDataset, rowCount } from "../../data/dataset.js";
import { ArgumentError, ArgumentTypeError, requireBoolean, requireFunction, requireInteger } from "../../errors.js";
import { keysOf, requireOptions } from "../../options.js";
import { requireServer, type ServerOptions, serverKeys } from "../server-options.js";
import { requireClientName } from "./names.js";
import { type OwnTable, requireOwnTable } from "./own-table.js";
import { type ClientPolicy, completePolicy } from "./policy.js";

/** A client of federations, its rows, and what it lets others ask of them. */
export interface JoinOptions extends ServerOptions {
  /** What coordinators call it: 1 to 64 letters, digits, dashes and underscores. */
  readonly name: string;
  /** Rows of numbers that it trains on, as they are: they leave this process in no message. Default: none, then it needs a table. */
  readonly data?: Dataset | undefined;
  /** Rows beside `data` whose loss it gives. Default: none. */
  readonly heldOut?: Dataset | undefined;
  /** A table for federations of tables, with the share of its rows whose loss it gives: its cells leave this process in no message. Default: none. */
  readonly table?: OwnTable | undefined;
  /** Default: all that the policy's defaults allow. */
  readonly policy?: ClientPolicy | undefined;
  /** Worker threads or Web Workers that train; 0: this thread, which then hears and says nothing while it trains. Default 1. */
  readonly workers?: number | undefined;
  /** Whether it waits for other federations when those that it has joined are over. Default: it leaves. */
  readonly stay?: boolean | undefined;
  /** Told in a sentence what it does. */
  readonly onNote?: ((text: string) => void) | undefined;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

const joinKeys = [
  ...serverKeys,
  ...keysOf<Omit<JoinOptions, Exclude<keyof ServerOptions, "name">>>({
    ...{ name: true, data: true, table: true, heldOut: true, policy: true, workers: true, stay: true },
    ...{ onNote: true, signal: true },
  }),
];

/** Throws unless these are options of a client. */
export function requireJoin(options: JoinOptions): void {
  const {
    name,
    data,
    table,
    heldOut,
    policy = {},
    workers,
    stay,
    onNote,
  } = requireOptions("options", options, joinKeys);
  requireServer(options);
  requireClientName("name", name);
  if (table !== undefined) requireOwnTable("table", table);
  if (data !== undefined) requireRows(data, heldOut);
  else if (table === undefined) throw new ArgumentTypeError("data", "must be a data set where there is no table", data);
  else if (heldOut !== undefined)
    throw new ArgumentError("heldOut", "must be left out without data", heldOut.dimension);
  completePolicy(policy);
  if (workers !== undefined) requireInteger("workers", workers, 0, 64);
  if (stay !== undefined) requireBoolean("stay", stay);
  if (onNote !== undefined) requireFunction("onNote", onNote);
}

function requireRows(data: Dataset, heldOut: Dataset | undefined): void {
  if (rowCount(requireDataset(data)) === 0) throw new ArgumentError("data.points", "must hold at least 1 row", 0);
  if (heldOut !== undefined && requireDataset(heldOut).dimension !== data.dimension)
    throw new ArgumentError("heldOut.dimension", `must be ${data.dimension}, that of data`, heldOut.dimension);
}
