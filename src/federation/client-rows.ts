import { gatherInto, rowsIn } from "../data/rows.js";
import { sharedFloats } from "../workers/shared-memory.js";
import type { ClientRows, TrainingSetup } from "./messages.js";

export function packRows(clients: readonly { readonly rows: Uint32Array }[]): ClientRows {
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

/** A view of the client's rows. */
export function rowsOfClient({ rows, starts }: ClientRows, client: number): Uint32Array {
  return rows.subarray(starts[client], starts[client + 1]);
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
  if (rows.length > rowsIn(points, dimension)) {
    const shared = sharedFloats(points.length);
    shared.set(points);
    return { ...setup, points: shared };
  }
  const shared = sharedFloats(rows.length * dimension);
  gatherInto(shared, points, dimension, rows);
  return { ...setup, points: shared, clientRows: { rows: Uint32Array.from(rows.keys()), starts } };
}
