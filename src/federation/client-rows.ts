import { gatherInto, rowsIn } from "../data/rows.js";
import type { Engine, Float32Block } from "../kernels/index.js";
import { sharedFloats } from "../workers/shared-memory.js";
import type { ClientRows, TrainingSetup } from "./messages.js";

export function packRows(clients: readonly { readonly rows: Uint32Array }[]): Required<ClientRows> {
  const starts = new Uint32Array(clients.length + 1);
  clients.forEach(({ rows }, client) => {
    starts[client + 1] = starts[client] + rows.length;
  });
  const all = new Uint32Array(starts[clients.length]);
  clients.forEach(({ rows }, client) => {
    all.set(rows, starts[client]);
  });
  return { rows: all, starts };
}

/** The row numbers of a client. */
export function rowsOfClient({ rows, starts }: ClientRows, client: number): Uint32Array {
  const [start, end] = [starts[client], starts[client + 1]];
  return rows?.subarray(start, end) ?? Uint32Array.from({ length: end - start }, (_, index) => start + index);
}

/** The rows of a client, one after the other, float32 [n, dimension], in the current arena scope. */
export function gatherClient(
  { arena }: Engine,
  { network: { dimension }, points, clientRows }: Pick<TrainingSetup, "network" | "points" | "clientRows">,
  client: number,
): Float32Block {
  const { rows, starts } = clientRows;
  const [start, end] = [starts[client], starts[client + 1]];
  if (!rows) return arena.copyIn(points.subarray(start * dimension, end * dimension));
  const own = arena.floats((end - start) * dimension);
  gatherInto(own.array, points, dimension, rows.subarray(start, end));
  return own;
}

/**
 * The same setup with its data in memory that threads share, once for all of them. Where no row is counted twice, the rows of a client lie
 * one after the other, so that gathering them is one copy.
 */
export function sharedData<Setup extends Pick<TrainingSetup, "network" | "points" | "clientRows">>(
  setup: Setup,
): Setup {
  const { network, points, clientRows } = setup;
  const { rows, starts } = clientRows;
  const { dimension } = network;
  if (!rows || rows.length > rowsIn(points, dimension)) {
    const shared = sharedFloats(points.length);
    shared.set(points);
    return { ...setup, points: shared };
  }
  const shared = sharedFloats(rows.length * dimension);
  gatherInto(shared, points, dimension, rows);
  return { ...setup, points: shared, clientRows: { starts } };
}
