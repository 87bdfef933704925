import { type Engine, Purpose } from "../../kernels/index.js";
import { drawClients } from "../participation.js";
import type { CompleteAttack } from "./index.js";

/** Whom an attack has among the clients of a federation, ascending: every set of as many equally likely, by the seed. */
export function attackersOf(
  engine: Engine,
  { clients: count }: Pick<CompleteAttack, "clients">,
  clients: number,
  seed: number,
): readonly number[] {
  return [...drawClients(engine, clients, count, { seed, purpose: Purpose.attack, client: anybody })];
}

/** No client of a round has this number: its noise is of another stream. */
const anybody = 2 ** 32 - 1;
