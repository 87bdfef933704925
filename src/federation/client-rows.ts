import type { ClientRows } from "./messages.js";

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
