import { gatherInto } from "../../data/rows.js";
import { type NetworkSpec, rowWidth } from "../../network/spec.js";
import type { ClientRows, HeldData } from "../messages.js";
import type { Attack } from "./attack.js";

/** Who attacks, and how. */
export interface Attackers {
  readonly attack: Attack | undefined;
  readonly attackers: ReadonlySet<number>;
}

/** The data with rows of the attackers' own behind them, where they attack by these: rows that others hold too stay what they are. */
export function poisonedData(
  { attack, attackers }: Attackers,
  network: NetworkSpec,
  held: HeldData & { readonly clientRows: Required<ClientRows> },
): HeldData {
  if (attack?.on !== "data") return held;
  const { points, clientRows } = held;
  const width = rowWidth(network);
  const rows = clientRows.rows.slice();
  const added: Float32Array[] = [];
  let next = points.length / width;
  for (const client of attackers) {
    const own = rows.subarray(clientRows.starts[client], clientRows.starts[client + 1]);
    const clean = new Float32Array(own.length * width);
    gatherInto(clean, points, width, own);
    added.push(attack.poison(network, clean));
    for (let row = 0; row < own.length; row++) own[row] = next++;
  }
  return { points: joined([points, ...added]), clientRows: { ...clientRows, rows } };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
