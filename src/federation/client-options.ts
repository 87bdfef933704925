import { ArgumentError, requireArray, requireTyped } from "../errors.js";
import { integer, required } from "../fields.js";
import { keysOf, requireOptions } from "../options.js";
import { federationFields, keepRatioField } from "./federation-fields.js";

/** A client of the federation; its id is its position in the list. */
export type ClientOptions = ClientSettings & ClientData;

/** What a client trains on. */
export type ClientData =
  | {
      /** Rows of `points` that the client holds, at least one. */
      readonly rows: Uint32Array;
      readonly rowCount?: undefined;
    }
  | {
      readonly rows?: undefined;
      /** Number of rows, at least 1, of a client that holds its own data: the federation then has no `points`. */
      readonly rowCount: number;
    };

/** What may be set of a client. */
export interface ClientSettings {
  /** Capacity in (0, 1]: the share of the network that it keeps. Default: 1. */
  readonly keepRatio?: number | undefined;
  /** In place of the federation's localSteps. */
  readonly localSteps?: number | undefined;
}

/** A client whose capacity is said. */
export type CompleteClient = ClientOptions & { readonly keepRatio: number };

const clientKeys = keysOf<ClientOptions>({ rows: true, rowCount: true, keepRatio: true, localSteps: true });

/** Batches are drawn by numbers of 32 bits. */
const rowCountField = integer("[1, 4294967295]", required, "Rows that a client holds.");

/** Whether clients say that they hold their own data, which the federation then does not have. */
export function ownDataIn(clients: readonly ClientOptions[]): boolean {
  return Array.isArray(clients) && clients.some((client: ClientOptions | undefined) => client?.rowCount !== undefined);
}

/** @param rowCount of the points; undefined where the clients hold their own data. */
export function requireClients(clients: readonly ClientOptions[], rowCount: number | undefined): void {
  requireArray("clients", clients);
  if (clients.length === 0) throw new ArgumentError("clients", "must have at least 1 client", clients);
  for (let id = 0; id < clients.length; id++) {
    // A client is named where something is wrong with it: the names of many would take more memory than they do.
    try {
      requireClient("", clients[id], rowCount);
    } catch {
      requireClient(`clients[${id}]`, clients[id], rowCount);
    }
  }
}

function requireClient(argument: string, client: ClientOptions, rowCount: number | undefined): void {
  const { keepRatio, localSteps } = requireOptions(argument, client, clientKeys);
  if (rowCount === undefined) requireOwnData(argument, client);
  else requireRowsOf(argument, client, rowCount);
  if (keepRatio !== undefined) keepRatioField.check(`${argument}.keepRatio`, keepRatio);
  if (localSteps !== undefined) federationFields.localSteps.check(`${argument}.localSteps`, localSteps);
}

/** Of a client whose data the federation does not have. */
function requireOwnData(argument: string, { rows, rowCount }: ClientOptions): void {
  const rule = "must be left out where the federation has no points: say rowCount, the number of the client's own rows";
  if (rows !== undefined) throw new ArgumentError(`${argument}.rows`, rule, rows);
  rowCountField.check(`${argument}.rowCount`, rowCount);
}

function requireRowsOf(argument: string, { rows, rowCount: own }: ClientOptions, rowCount: number): void {
  if (own !== undefined) {
    const rule = "must be left out where the federation has points: say rows, those that the client holds";
    throw new ArgumentError(`${argument}.rowCount`, rule, own);
  }
  requireTyped(`${argument}.rows`, rows, Uint32Array);
  if (rows.length === 0) throw new ArgumentError(`${argument}.rows`, "must hold at least 1 row", rows.length);
  const wrong = firstFrom(rows, rowCount);
  if (wrong >= 0)
    throw new ArgumentError(`${argument}.rows[${wrong}]`, `must be below the ${rowCount} rows of points`, rows[wrong]);
}

/** Place of the first row from `rowCount` on, or -1. */
function firstFrom(rows: Uint32Array, rowCount: number): number {
  for (let place = 0; place < rows.length; place++) if (rows[place] >= rowCount) return place;
  return -1;
}
