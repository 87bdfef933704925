import { gatherInto, gatherRows, requireRows, rowsIn } from "../data/rows.js";
import { ArgumentError, FedscoreError } from "../errors.js";
import type { Engine, Float32Block } from "../kernels/index.js";
import { withoutView } from "../network/batch.js";
import { rowWidth } from "../network/spec.js";
import type { ClientRows, HeldData, TrainingSetup } from "./messages.js";

/** Where the rows of clients come from: the setup, or each client's own. */
interface RowSource {
  readonly engine: Engine;
  readonly setup: Pick<TrainingSetup, "network" | "points" | "clientRows">;
  readonly rowsOf?: (client: number) => Float32Array;
}

const none = new Uint32Array(0);

/** Rows of each client: those that it is given, or holds. */
export function rowCountsOf(
  clients: readonly { readonly rows?: Uint32Array | undefined; readonly rowCount?: number | undefined }[],
): Float64Array {
  return numberOfEach(clients, ({ rows, rowCount = 0 }) => rows?.length ?? rowCount);
}

/** A number of each client. Float64Array.from would make an object or two of each on the way. */
export function numberOfEach<Client>(clients: readonly Client[], numberOf: (client: Client) => number): Float64Array {
  const numbers = new Float64Array(clients.length);
  for (let client = 0; client < clients.length; client++) numbers[client] = numberOf(clients[client]);
  return numbers;
}

/** @param clients of a federation that has the points. */
export function packRows(clients: readonly { readonly rows?: Uint32Array | undefined }[]): Required<ClientRows> {
  const starts = new Uint32Array(clients.length + 1);
  clients.forEach(({ rows = none }, client) => {
    starts[client + 1] = starts[client] + rows.length;
  });
  const all = new Uint32Array(starts[clients.length]);
  clients.forEach(({ rows = none }, client) => {
    all.set(rows, starts[client]);
  });
  return { rows: all, starts };
}

/** The row numbers of a client. */
export function rowsOfClient({ rows, starts }: ClientRows, client: number): Uint32Array {
  const [start, end] = [starts[client], starts[client + 1]];
  return rows?.subarray(start, end) ?? Uint32Array.from({ length: end - start }, (_, index) => start + index);
}

/**
 * What a client trains on, float32 [n, rowWidth(network)]: a part of what is held, where it lies there in one piece, or a copy. Not to be changed.
 * @throws ArgumentError or ArgumentTypeError where its own rows are not some of this dimension.
 */
export function clientPoints({ engine, setup, rowsOf }: RowSource, client: number): Float32Array | Float32Block {
  const { network, points, clientRows } = setup;
  if (points && clientRows && !rowsOf) return heldPoints({ network, points, clientRows }, client);
  if (!rowsOf) throw new FedscoreError("FEDSCORE_UNSUPPORTED", `nobody gives the rows of client ${client}`, { client });
  const rows = rowsOf(client);
  requireRows(`rowsOf(${client})`, rows, rowWidth(network));
  if (rows.length === 0) throw new ArgumentError(`rowsOf(${client})`, "must hold at least 1 row", rows.length);
  return withoutView(engine, rows);
}

function heldPoints(
  { network, points, clientRows }: Pick<TrainingSetup, "network"> & HeldData,
  client: number,
): Float32Array {
  const width = rowWidth(network);
  const { rows, starts } = clientRows;
  const [start, end] = [starts[client], starts[client + 1]];
  if (!rows) return points.subarray(start * width, end * width);
  return gatherRows(points, width, rows.subarray(start, end));
}

/**
 * The same setup with a copy of its data. Where the clients have no more rows in all than there are, those of a client lie one after the other in it,
 * so that nobody need gather them again, and what no client has is left out.
 * @param floats gives the memory of the copy: sharedFloats for threads that share it.
 */
export function laidOut<Setup extends Pick<TrainingSetup, "network"> & HeldData>(
  setup: Setup,
  floats: (length: number) => Float32Array = (length) => new Float32Array(length),
): Setup {
  const { network, points, clientRows } = setup;
  const { rows, starts } = clientRows;
  const width = rowWidth(network);
  if (!rows || rows.length > rowsIn(points, width)) {
    const copy = floats(points.length);
    copy.set(points);
    return { ...setup, points: copy };
  }
  const copy = floats(rows.length * width);
  gatherInto(copy, points, width, rows);
  return { ...setup, points: copy, clientRows: { starts } };
}
