import type { VirtualTotals } from "../federation/devices/virtual-totals.js";
import { number } from "./print.js";

/** Virtual time of a run and its causes, which in asynchronous rounds may begin before the round and add up to more. */
export function virtualWords({ seconds, waiting, ...causes }: Omit<VirtualTotals, "rounds">): string {
  const parts = (["download", "compute", "upload"] as const).map((name) => `${name} ${number(causes[name])} s`);
  return `${number(seconds)} s; of the last client of each round ${parts.join(", ")}; waiting ${number(waiting)} s`;
}
